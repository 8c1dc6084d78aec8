using System.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>How every CPU is made to let go of a range.</summary>
/// <remarks>
/// In this order, under the lock:
/// <list type="number">
/// <item>Post: each CPU that may hold an entry of the range misses from its next look-up on. CPUs that hold none are left alone.</item>
/// <item>For a moment spin for the CPUs that are inside a section or may enter one: a running one misses, leaves, drops its own
/// entries and says so.</item>
/// <item>Drop the entries of all others. If one of them enters sections without a fence, have it fence from now on and
/// issue the process-wide barrier; an own fence is enough for those that fence already.</item>
/// <item>Wait for those of them that are inside a section until they are outside: once, since the next section sees the cleared tags.</item>
/// </list>
/// A CPU that fences tries after a while to do without: an idle one costs an invalidator one barrier and then nothing, a busy one
/// costs itself nothing.
/// </remarks>
public sealed partial class TlbDomain
{
    /// <summary>How often the invalidator looks for the answer of CPUs inside a section before it does the work itself: about 2 us.</summary>
    private const int AnswerLooks = 2500;

    /// <summary>More of them for each page that the CPU has to drop.</summary>
    private const int AnswerLooksPerPage = 12;

    /// <summary>The same for a CPU outside, which may be about to enter: less than the barrier that an answer saves.</summary>
    private const int EntryLooks = 200;

    /// <summary>The bounds of the shootdown that runs. Written under the lock; read by the CPUs that answer.</summary>
    private ulong _postedStart;

    /// <inheritdoc cref="_postedStart"/>
    private ulong _postedEnd;

    /// <summary>The number of the shootdown that runs, from 1. Guarded by the lock.</summary>
    private ulong _post;

    /// <summary>Shootdowns for which a CPU was wanted. Guarded by the lock.</summary>
    private long _shootdowns;

    /// <summary>What a CPU that is wanted drops. Not consistent while a shootdown begins: see where it is read.</summary>
    internal AddressRange PostedRange
    {
        get
        {
            ulong start = Shared.Read(in _postedStart, this);
            ulong end = Shared.Read(in _postedEnd, this);
            return end > start ? new AddressRange(new VirtualAddress(start), new VirtualAddress(end)) : default;
        }
    }

    /// <summary>Drops a range from every CPU and waits until no access through a dropped entry is in flight. The brackets are fenced.</summary>
    /// <returns>How many entries went.</returns>
    private long ShootDownLocked(AddressRange range)
    {
        Debug.Assert(_lock.IsHeldByCurrentThread, "A shootdown runs under the lock.");
        long before = 0;
        int wanted = 0;
        bool isFlush = range.Pages >= (ulong)_entries / 4;
        foreach (SoftwareTlb cpu in _cpus)
        {
            if (!cpu.MayHold(range))
            {
                continue;
            }

            before += cpu.Dropped;
            if (wanted++ == 0)
            {
                Announce(isFlush ? default : range);
            }

            if (isFlush)
            {
                cpu.Flush();
            }

            cpu.Post(_post);
        }

        if (wanted == 0)
        {
            return 0;
        }

        AwaitAnswers(isFlush ? 0 : (int)range.Pages);
        Finish(range, isFlush);
        return DroppedAndUnblock() - before;
    }

    private void Announce(AddressRange range)
    {
        _post++;
        _shootdowns++;
        Shared.Write(ref _postedStart, range.Start.Value, this);
        Shared.Write(ref _postedEnd, range.End.Value, this);
    }

    /// <summary>Gives running CPUs a moment to answer. Nothing depends on it.</summary>
    private void AwaitAnswers(int pages)
    {
        // A race checker answers, or does not, before the next step as well.
        int looks = Shared.Controlled ? 0 : AnswerLooks + (AnswerLooksPerPage * pages);
        foreach (SoftwareTlb cpu in _cpus)
        {
            if (cpu.IsWanted)
            {
                AwaitAnswer(cpu, ref looks);
            }
        }
    }

    private void AwaitAnswer(SoftwareTlb cpu, ref int looks)
    {
        // Once seen inside it is running, and outside only to answer.
        bool isRunning = false;
        int outside = cpu.Sections.MustFence ? 0 : EntryLooks;
        while (looks-- > 0 && !cpu.HasAnswered(_post))
        {
            isRunning = isRunning || cpu.Sections.IsInside;
            if (!isRunning && outside-- <= 0)
            {
                return;
            }
        }
    }

    private void Finish(AddressRange range, bool isFlush)
    {
        bool needsBarrier = false;
        bool needsWait = false;
        foreach (SoftwareTlb cpu in _cpus)
        {
            if (!cpu.IsWanted || cpu.HasAnswered(_post))
            {
                continue;
            }

            needsWait = true;
            if (!isFlush)
            {
                cpu.DropForOwner(range);
            }

            if (!cpu.Sections.MustFence)
            {
                cpu.Sections.StartFencing();
                needsBarrier = true;
            }
        }

        if (!needsWait)
        {
            return;
        }

        if (needsBarrier)
        {
            Shared.ProcessWideBarrier();
        }
        else
        {
            Shared.Fence();
        }

        foreach (SoftwareTlb cpu in _cpus)
        {
            if (cpu.IsWanted && !cpu.HasAnswered(_post))
            {
                cpu.Sections.WaitUntilOutside();
            }
        }
    }

    private long DroppedAndUnblock()
    {
        long dropped = 0;
        foreach (SoftwareTlb cpu in _cpus)
        {
            if (cpu.IsWanted)
            {
                cpu.Unblock(_post);
                dropped += cpu.Dropped;
            }
        }

        return dropped;
    }
}
