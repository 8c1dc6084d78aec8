using System.Globalization;
using System.Text;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>What happens when nobody can make a step.</summary>
internal sealed partial class CooperativeScheduler
{
    /// <summary>Everybody waits. Those who only wait for a change look again, as if their patience had come to an end.</summary>
    /// <returns>False if nobody does, or if it has not helped before.</returns>
    private bool TryTimeOut()
    {
        _timeouts = _stores == _storesAtTimeout ? _timeouts + 1 : 1;
        _storesAtTimeout = _stores;
        if (_timeouts > TimeoutsBeforeLivelock * _threads.Length)
        {
            return false;
        }

        _timestamp += TimePerTimeout;
        foreach (ScheduledThread thread in _threads)
        {
            if (!thread.IsFinished && thread.Pending.Kind == OperationKind.Yield)
            {
                thread.IsTimedOut = true;
                Enabled |= 1u << thread.Index;
            }
        }

        return Enabled != 0;
    }

    private void FailStuck()
    {
        foreach (ScheduledThread thread in _threads)
        {
            bool waits = !thread.IsFinished && thread.Pending.Kind is OperationKind.Acquire or OperationKind.Reacquire && !IsAsleep(thread);
            WaitingForLocks |= waits ? 1u << thread.Index : 0;
        }

        ScheduledThread first = Array.Find(_threads, static thread => !thread.IsFinished)!;
        FailureKind kind = Array.Exists(_threads, static thread => !thread.IsFinished && thread.Pending.Kind == OperationKind.Yield)
            ? FailureKind.Livelock
            : Array.TrueForAll(_threads, static thread => thread.IsFinished || IsAsleep(thread))
                ? FailureKind.LostWakeup
                : FailureKind.Deadlock;
        Fail(kind, first.Index, DescribeWaiting(), null);
    }

    private static bool IsAsleep(ScheduledThread thread) => thread.Pending.Kind == OperationKind.Reacquire && thread.WokenBy < 0;

    /// <summary>Who waits for what, in sentences.</summary>
    private string DescribeWaiting()
    {
        StringBuilder text = new();
        foreach (ScheduledThread thread in _threads)
        {
            if (thread.IsFinished)
            {
                continue;
            }

            Operation pending = thread.Pending;
            string what = pending.Kind switch
            {
                _ when IsAsleep(thread) => $"sleeps on the monitor of {pending.Name}, and nobody is left to wake it",
                OperationKind.Acquire or OperationKind.Reacquire when thread.PendingLock!.Holder is { } holder =>
                    $"waits for the lock of {pending.Name}, which {DescribeHolder(thread, holder)}",
                OperationKind.Yield => $"looks again and again in {pending.Name} at what nobody changes",
                _ => $"is before {pending.Kind} of {pending.Name}",
            };
            text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"Thread {thread.Index} {what}.");
        }

        return text.ToString();
    }

    private static string DescribeHolder(ScheduledThread waiter, ScheduledThread holder) =>
        holder == waiter ? "it holds itself" : holder.IsFinished ? $"thread {holder.Index} held when it ended" : $"thread {holder.Index} holds";
}
