using BenchmarkDotNet.Attributes;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>
/// The secondaries' own cost of a device fault, of a hit through the shadow tables, and of a bracket without busy devices. The
/// primary's look-up is a subtraction.
/// </summary>
[ShortRunJob]
[MemoryDiagnoser]
public class FillBenchmarks
{
    private const int Pages = 64;

    private FlatPrimary _primary = null!;
    private TlbDomain _domain = null!;
    private SoftwareTlb _tlb = null!;
    private ShadowMmu _shadow = null!;
    private VirtualCpu _cpu = null!;

    [GlobalSetup]
    public void Setup()
    {
        _primary = new FlatPrimary(Pages);
        _domain = new TlbDomain(_primary);
        _tlb = _domain.AddCpu();
        _shadow = new ShadowMmu(_primary);
        _shadow.AddMemorySlot(0, new GuestFrameNumber(0), AddressRange.FromPages(FlatPrimary.Base, Pages));
        _cpu = _shadow.AddVirtualCpu();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _domain.Dispose();
        _shadow.Dispose();
        _primary.Dispose();
    }

    /// <summary>A bracket over all pages, then a fault for each: divided by the pages.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public long TlbBracketAndFaults()
    {
        Bracket(_domain, AddressRange.FromPages(FlatPrimary.Base, Pages));
        long sum = 0;
        for (int page = 0; page < Pages; page++)
        {
            _tlb.Read(FlatPrimary.Base + ((ulong)page << Page.Shift), out long value);
            sum += value;
        }

        return sum;
    }

    /// <summary>As the TLB's, through the shadow tables.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public long ShadowBracketAndFaults()
    {
        Bracket(_shadow, AddressRange.FromPages(FlatPrimary.Base, Pages));
        long sum = 0;
        for (int page = 0; page < Pages; page++)
        {
            _cpu.Read(new GuestAddress((ulong)page << Page.Shift), out long value);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Pages * 8)]
    public long ShadowHits()
    {
        long sum = 0;
        for (int i = 0; i < Pages * 8; i++)
        {
            _cpu.Read(new GuestAddress((ulong)i << 9), out long value);
            sum += value;
        }

        return sum;
    }

    /// <summary>A bracket over a page that the TLB never held.</summary>
    [Benchmark]
    public void TlbUselessBracket() => Bracket(_domain, AddressRange.FromPages(FlatPrimary.Base + (1UL << 30), 1));

    /// <summary>A bracket over a page that no slot has.</summary>
    [Benchmark]
    public void ShadowUselessBracket() => Bracket(_shadow, AddressRange.FromPages(FlatPrimary.Base + (1UL << 30), 1));

    private static void Bracket(IMmuNotifier notifier, AddressRange range)
    {
        InvalidationRange bracket = new(range, InvalidationEvent.Clear);
        notifier.InvalidateRangeStart(in bracket);
        notifier.InvalidateRangeEnd(in bracket);
    }
}
