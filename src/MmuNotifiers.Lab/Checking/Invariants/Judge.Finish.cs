using System.Runtime.InteropServices;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// When all threads have ended: nothing may be left open, and what a device still translates must be what the primary has. Every page that a
/// device used is accessed through it once more, so that a stale entry shows itself though no thread came to use it.
/// </summary>
internal sealed partial class Judge
{
    /// <summary>Judges the end. The threads have ended and nothing is under control.</summary>
    internal void Finish()
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        foreach (ThreadState thread in Run.Threads)
        {
            RequireNoLock(thread);
        }

        foreach (Subscriber subscriber in _subscribers)
        {
            RequirePaired(subscriber);
        }

        if (!Run.IsGone)
        {
            RequireValues();
            RequireCurrentEntries();
            RequireValues();
        }

        RequirePoison();
    }

    private void RequireNoLock(ThreadState thread)
    {
        if (thread.Locks.Count > 0)
        {
            Report(Invariants.Context | Invariants.Pairing, $"{thread.Name} has ended and still holds the lock that it took in {thread.Locks[0].Step}.");
        }
    }

    private void RequirePaired(Subscriber subscriber)
    {
        if (Run.IsGone && subscriber is { Family: SubscriberFamily.AddressSpace, Subscription: not null, IsReleased: false, HasEnded: false })
        {
            Report(
                Invariants.Lifetime,
                $"{Capital(subscriber)} is subscribed to an address space that is gone, and was never released.");
        }

        if (subscriber.Open.Count > 0)
        {
            AcceptedStart start = subscriber.Open[0];
            Report(
                Invariants.Pairing,
                $"{Capital(subscriber)} accepted the start of {BracketRecord.TextOf(start.Event, start.Range)} and never got its end.");
        }

        if (subscriber.Subscription is IntervalSubscription { HasOpenBrackets: true })
        {
            Report(
                Invariants.Pairing | Invariants.Liveness,
                $"A bracket over the interval {subscriber.Range} was never closed: whoever reads it waits for ever.");
        }
    }

    /// <summary>What a CPU reads now is the last value of each page.</summary>
    private void RequireValues()
    {
        Now++;
        for (int page = 0; page < _histories.Length; page++)
        {
            ulong word = 0;
            TransferResult read = Run.Space.Read(ScenarioRun.AddressOf(page), MemoryMarshal.AsBytes(new Span<ulong>(ref word)));
            if (read.Result == FaultResult.Success)
            {
                JudgeValue("At the end a CPU", page, word, Now, isDevice: false, isChild: false);
            }
        }
    }

    private void RequireCurrentEntries()
    {
        foreach (ThreadState thread in Run.Threads)
        {
            foreach (DeviceOperation operation in thread.Thread.Preparations.Concat(thread.Thread.Operations).OfType<DeviceOperation>())
            {
                if (Run.Secondary(operation.Secondary) is not null && thread.Devices[operation.Secondary] is { } device)
                {
                    AccessOnceMore(thread, operation, device);
                }
            }
        }
    }

    private void AccessOnceMore(ThreadState thread, DeviceOperation operation, ISecondaryDevice device)
    {
        FinalAccess access = new(operation);
        ScheduleController.Current = new ObservingController(new LoneThread(this, thread), this, thread);
        try
        {
            OperationBegins(thread, access);
            OperationOutcome outcome = access.Run(Run, thread, device);
            OperationEnds(thread, access, in outcome);
        }
        finally
        {
            ScheduleController.Current = null;
        }
    }

    /// <summary>Nobody wrote to a frame after it was freed.</summary>
    private void RequirePoison()
    {
        FrameNumber? written = Run.Memory.FindWrittenFreeFrame();
        if (written is { } frame)
        {
            Report(Invariants.UseAfterFree, $"Somebody wrote to frame {frame.Value} after it was freed.");
        }
    }
}
