using CsCheck;
using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>
/// Everything that meets an evicted page, in random order over several address spaces, against arrays of bytes: no byte is lost or mixed
/// up, no slot and no frame either.
/// </summary>
public sealed class SwapModelTests
{
    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Int[0, 27], Gen.Int[0, 2], Gen.ULong[0, Process.Window - 1], Gen.ULong[1, 8], Gen.ULong[0, Process.Window - 1], Gen.Byte[1, 3],
        static (kind, process, page, pages, to, value) => new Step(kind, process, page, Math.Min(pages, Process.Window - page), to, value)).Array[1, 80];

    [Fact]
    public void Contents_are_those_of_the_model_with_room_for_all() => Steps.Sample(static steps => Run(steps, frames: 2048, failing: false), iter: 150);

    [Fact]
    public void Contents_are_those_of_the_model_under_pressure() => Steps.Sample(static steps => Run(steps, frames: 28, failing: false), iter: 150);

    [Fact]
    public void Contents_are_those_of_the_model_where_writes_fail() => Steps.Sample(static steps => Run(steps, frames: 2048, failing: true), iter: 150);

    private static void Run(Step[] steps, long frames, bool failing)
    {
        TestSwapStore store = new();
        uint random = 12345;
        if (failing)
        {
            store.WriteOutcome = _ => ((random = (random * 1664525) + 1013904223) >> 28) switch
            {
                < 4 => SwapOutcome.NoSpace,
                < 6 => SwapOutcome.IoError,
                _ => SwapOutcome.Success,
            };
        }

        using PhysicalMemory memory = new(frames, FreedFrames.Poisoned, new ReclaimOptions
        {
            Swap = store,
            ReadAheadPages = 4,
            LowWatermarkPages = 0,
            MinimumResidency = TimeSpan.Zero,
        });
        using SharedMemoryObject shared = NewObject();
        PageEviction eviction = new(memory);
        List<Process> processes = [Process.Create(memory, shared)];
        foreach (Step step in steps)
        {
            Process process = processes[step.Process % processes.Count];
            switch (step.Kind)
            {
                case 0 when processes.Count < 3:
                    processes.Add(process.Fork());
                    break;
                case 1 when processes.Count > 1:
                    processes.Remove(process);
                    process.Space.Dispose();
                    break;
                case 2 or 3 or 4:
                    eviction.Evict(AllFrames(memory), (EvictionReason)(step.Value % 4));
                    break;
                default:
                    process.Perform(step, eviction);
                    break;
            }

            processes.ForEach(static each => each.ReleasePins());
            SwapTestInvariants.Assert(memory);
        }

        processes.ForEach(static process => process.AssertSame());
        SwapTestInvariants.Assert(memory);
        processes.ForEach(static process => process.Space.Dispose());
        shared.Dispose();
        Assert.Equal(1, memory.FramesInUse);
        memory.Swap.AssertInvariants(new Dictionary<SwapEntry, int>());

        SharedMemoryObject NewObject() => new(memory, Process.ObjectPages * Page.SizeBytes);
    }

    private static FrameNumber[] AllFrames(PhysicalMemory memory) =>
        [.. Enumerable.Range(0, (int)Math.Min(memory.FrameCount, 128)).Select(static frame => new FrameNumber((ulong)frame))];

    internal sealed record Step(int Kind, int Process, ulong Page, ulong Pages, ulong To, byte Value);
}
