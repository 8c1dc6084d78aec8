using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>Loads of 8 bytes in order over 2 MiB: what a hit costs beside a raw pointer.</summary>
[ShortRunJob]
public unsafe class TlbSequentialBenchmarks
{
    private const int Pages = 512;
    private const int Loads = Pages * Page.SizeBytes / 8;
    private const int SectionLength = 64;

    private FlatPrimary _primary = null!;
    private TlbDomain _domain = null!;
    private SoftwareTlb _tlb = null!;

    [GlobalSetup]
    public void Setup()
    {
        _primary = new FlatPrimary(Pages);
        _domain = new TlbDomain(_primary);
        _tlb = _domain.AddCpu();
        Cursor();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _domain.Dispose();
        _primary.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Loads)]
    public ulong RawPointer()
    {
        ulong sum = 0;
        ulong* at = (ulong*)_primary.Arena;
        for (int i = 0; i < Loads; i++)
        {
            sum ^= at[i];
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong Cursor()
    {
        ulong sum = 0;
        int i = 0;
        while (i < Loads)
        {
            int end = Math.Min(i + SectionLength, Loads);
            using (TlbSection section = _tlb.Enter())
            {
                i = Sum(section, i, end, ref sum);
            }

            if (i < end)
            {
                _tlb.Fault(AddressOf(i), AccessRights.Read);
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong Section()
    {
        ulong sum = 0;
        int i = 0;
        while (i < Loads)
        {
            int end = Math.Min(i + SectionLength, Loads);
            using (TlbSection section = _tlb.Enter())
            {
                i = SumWithoutCursor(section, i, end, ref sum);
            }

            if (i < end)
            {
                _tlb.Fault(AddressOf(i), AccessRights.Read);
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong OneByOne()
    {
        ulong sum = 0;
        for (int i = 0; i < Loads; i++)
        {
            _tlb.Read(AddressOf(i), out ulong value);
            sum ^= value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong Spans()
    {
        ulong sum = 0;
        int page = 0;
        while (page < Pages)
        {
            VirtualAddress address = FlatPrimary.Base + ((ulong)page << Page.Shift);
            bool hit;
            using (TlbSection section = _tlb.Enter())
            {
                hit = section.TryGetReadSpan(address, out ReadOnlySpan<byte> bytes);
                sum ^= Sum(bytes);
            }

            page += hit ? 1 : 0;
            if (!hit)
            {
                _tlb.Fault(address, AccessRights.Read);
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong Stores()
    {
        int i = 0;
        while (i < Loads)
        {
            int end = Math.Min(i + SectionLength, Loads);
            using (TlbSection section = _tlb.Enter())
            {
                i = Store(section, i, end);
            }

            if (i < end)
            {
                _tlb.Fault(AddressOf(i), AccessRights.Write);
            }
        }

        return (ulong)i;
    }

    // The loops are methods of their own: what lives across a try block, which a using is, the JIT keeps in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Sum(TlbSection section, int i, int end, ref ulong sum)
    {
        TlbCursor cursor = section.GetCursor();
        ulong local = sum;
        while (i < end && cursor.TryRead(AddressOf(i), out ulong value))
        {
            local ^= value;
            i++;
        }

        sum = local;
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SumWithoutCursor(TlbSection section, int i, int end, ref ulong sum)
    {
        ulong local = sum;
        while (i < end && section.TryRead(AddressOf(i), out ulong value))
        {
            local ^= value;
            i++;
        }

        sum = local;
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        foreach (ulong value in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            sum ^= value;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Store(TlbSection section, int i, int end)
    {
        TlbCursor cursor = section.GetCursor();
        while (i < end && cursor.TryWrite(AddressOf(i), (ulong)i))
        {
            i++;
        }

        return i;
    }

    private static VirtualAddress AddressOf(int word) => FlatPrimary.Base + ((ulong)word * 8);
}
