using BenchmarkDotNet.Attributes;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>One bracket, start and end, over one page of one memory slot: with a search over the slots, or straight from its subscription.</summary>
[MemoryDiagnoser]
public class SlotBenchmarks
{
    private const int Brackets = 1024;

    private SlotGuest _guest = null!;
    private InvalidationRange[] _ranges = [];

    [Params(1, 8, 64, 512, ShadowMmu.MaxSlots)]
    public int Slots { get; set; }

    [Params(SlotAttachment.Search, SlotAttachment.PerSlot)]
    public SlotAttachment Attachment { get; set; }

    [GlobalSetup]
    public void AddSlots()
    {
        _guest = new SlotGuest(Slots, Attachment);
        _ranges = SlotGuest.Ranges(Slots, areSpread: false, Brackets);
    }

    [GlobalCleanup]
    public void Dispose() => _guest.Dispose();

    [Benchmark(OperationsPerInvoke = Brackets)]
    public void Bracket() => _guest.Invalidate(_ranges);
}
