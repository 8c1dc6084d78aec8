using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>
/// Lets one thread wait until every thread that may still use what it has unpublished is done: a sleepable read side, as Linux'
/// SRCU is. A reader pays a few plain stores to a slot of its own; the waiter pays a process-wide barrier.
/// </summary>
/// <remarks>
/// <code>
///   reader                                        waiter
///   slot.word = open                              published = new
///   (no fence)                                    process-wide barrier
///   p = published                                 read every slot's word
///   use p; may block                              wait until each word that was open has changed
///   slot.word = closed                            (nobody uses the old one)
/// </code>
/// The barrier acts as a fence between the reader's first two lines, wherever it is: either the reader's mark is visible to the
/// waiter, or the reader sees the new value. So nobody who uses the old one is missed.
/// Sections nest. Those that open after the barrier are not waited for, so that waiting ends however busy the readers are, and one
/// that blocks for long holds up only those who must wait for it.
/// </remarks>
internal sealed partial class GracePeriod
{
    private const int SpinsBeforeSleep = 32;

    private readonly SharedMonitor _monitor = new();
    private readonly UncontrolledLock _growth = new();

    /// <summary>
    /// By thread number; an array once published never changes. Written under <see cref="_growth"/>. A thread finds its own slot
    /// in whatever array it sees, because it has seen its own store of it, so it need not be a step of a race checker.
    /// </summary>
    private GraceSlot?[] _slots = [];

    /// <summary>Whether the calling thread has an open section.</summary>
    internal bool IsInside => FindOwnSlot() is { Depth: > 0 };

    /// <summary>Opens a section that names no addresses. May nest. Never blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal GraceSection Enter() => new(EnterSlot(ulong.MaxValue, 0));

    /// <summary>Opens a section and returns the slot on which to call <see cref="GraceSlot.Exit"/>, on the same thread.</summary>
    /// <param name="first">The lowest address that the section names.</param>
    /// <param name="last">The highest; below <paramref name="first"/> when it names none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal GraceSlot EnterSlot(ulong first, ulong last)
    {
        int number = ThreadNumber.Current;
        GraceSlot?[] slots = _slots;
        GraceSlot slot = (uint)number < (uint)slots.Length && slots[number] is { } own ? own : AddSlot(number);
        slot.Enter(first, last);
        return slot;
    }

    /// <summary>Waits until every section that was open at the call has ended.</summary>
    /// <exception cref="InvalidOperationException">The calling thread has an open section: it would wait for itself.</exception>
    internal void Synchronize()
    {
        ThrowIfInside("Waiting for a grace period");
        Shared.ProcessWideBarrier();
        foreach (GraceSlot? slot in Shared.Read(in _slots, this))
        {
            if (slot is not null && slot.Sample() is var sample && GraceSlot.IsOpen(sample))
            {
                WaitUntilEnded(slot, sample);
            }
        }
    }

    /// <summary>Waits until every section that was open at the call and names an address of the range has ended.</summary>
    /// <exception cref="InvalidOperationException">The calling thread has such a section: it would wait for itself.</exception>
    internal void Synchronize(AddressRange range)
    {
        ulong first = range.Start.Value;
        ulong last = range.End.Value - 1;
        AtomicContext.ThrowIfAtomic("Waiting for brackets");
        Shared.ProcessWideBarrier();
        GraceSlot? own = FindOwnSlot();
        foreach (GraceSlot? slot in Shared.Read(in _slots, this))
        {
            if (slot is not null && slot.Sample() is var sample && GraceSlot.IsOpen(sample) && slot.Overlaps(sample, first, last))
            {
                if (slot == own)
                {
                    ThrowInside($"Waiting for brackets over {range}");
                }

                WaitUntilEnded(slot, sample);
            }
        }
    }

    /// <summary>Refuses what would wait for the calling thread itself.</summary>
    internal void ThrowIfInside(string operation)
    {
        AtomicContext.ThrowIfAtomic(operation);
        if (IsInside)
        {
            ThrowInside(operation);
        }
    }

    /// <summary>Refuses what would wait for a section of the calling thread that names an address of the range.</summary>
    internal void ThrowIfInside(AddressRange range)
    {
        if (FindOwnSlot() is { Depth: > 0 } own && own.Overlaps(own.Sample(), range.Start.Value, range.End.Value - 1))
        {
            ThrowInside($"Waiting for brackets over {range}");
        }
    }

    /// <summary>Wakes those who sleep until a section ends.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Wake()
    {
        _monitor.Enter();
        _monitor.WakeAll();
        _monitor.Exit();
    }

    private static void ThrowInside(string operation) =>
        throw new InvalidOperationException($"{operation} is not allowed inside a bracket or a callback: the thread would wait for itself.");

    private void WaitUntilEnded(GraceSlot slot, long sample)
    {
        SharedSpin spin = default;
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            if (slot.HasEnded(sample))
            {
                return;
            }

            if (Shared.Controlled)
            {
                break;
            }

            spin.Once();
        }

        _monitor.Enter();
        slot.AddWaiterLocked(1);
        Shared.ProcessWideBarrier();
        while (!slot.HasEnded(sample))
        {
            _monitor.Wait();
        }

        slot.AddWaiterLocked(-1);
        _monitor.Exit();
    }

    private GraceSlot? FindOwnSlot()
    {
        int number = ThreadNumber.CurrentOrZero;
        GraceSlot?[] slots = _slots;
        return (uint)number < (uint)slots.Length ? slots[number] : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private GraceSlot AddSlot(int number)
    {
        GraceSlot slot = new(this);
        using (_growth.EnterScope())
        {
            GraceSlot?[] slots = new GraceSlot?[Math.Max(_slots.Length, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)number + 1))];
            _slots.CopyTo(slots, 0);
            slots[number] = slot;
            _slots = slots;
        }

        // Pairs with the barrier of the waiter: either it sees the new array, or this thread sees what it published.
        Shared.Fence();
        return slot;
    }
}
