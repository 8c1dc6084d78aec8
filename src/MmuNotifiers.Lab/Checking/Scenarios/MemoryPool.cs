using System.Collections.Concurrent;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// The frames of executions, used again by the next one: each begins with a pool in the state in which it was made, so that the same schedule
/// meets the same frames. Safe from any thread.
/// </summary>
internal sealed class MemoryPool(int frames, bool hasReclaim = false) : IDisposable
{
    private readonly ConcurrentBag<PhysicalMemory> _spare = [];

    internal PhysicalMemory Rent() => _spare.TryTake(out PhysicalMemory? memory) ? memory : Make();

    /// <summary>Takes back a pool of which no frame is in use.</summary>
    internal void Return(PhysicalMemory memory)
    {
        memory.Reset();
        _spare.Add(memory);
    }

    /// <summary>Takes back a pool whose execution was given up in the middle: nobody uses its frames again.</summary>
    internal void ReturnGivenUp(PhysicalMemory memory)
    {
        memory.GiveUp();
        _spare.Add(memory);
    }

    public void Dispose()
    {
        while (_spare.TryTake(out PhysicalMemory? memory))
        {
            memory.Dispose();
        }
    }

    /// <summary>Reclaim takes pages in the thread that needs a frame, as soon as they have come, and brings in one at a time: all else is another thread's work.</summary>
    private PhysicalMemory Make() => new(
        frames,
        FreedFrames.Poisoned,
        hasReclaim ? new ReclaimOptions { MinimumResidency = TimeSpan.Zero, LowWatermarkPages = 0, ReadAheadPages = 1 } : null);
}
