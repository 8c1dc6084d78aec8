using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// Why a replay cannot go on: a frame was needed and nothing could be evicted, or the store did not give a page back. The recorded program
/// would have got a signal there and the recording knows nothing of it, so the replay ends. Safe from any thread.
/// </summary>
internal sealed class EarlyEnd(PhysicalMemory memory)
{
    private string? _reason;

    /// <summary>The first reason in a sentence, or null.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>An access or a call failed that must not.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="what">Who did what where.</param>
    /// <returns>Whether memory or the store is the reason, and not the primary.</returns>
    public bool Explains(FaultResult result, Func<string> what)
    {
        string? reason = result switch
        {
            FaultResult.OutOfMemory => $"{what()}: no frame of {memory.FrameCount - 1} could be had{WhyNothingGoes()}",
            FaultResult.BusError when memory.SwapFailures is [.., var last] => $"{what()}: the swap store lost or withheld the page ({last})",
            _ => null,
        };
        if (reason is null)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _reason, reason, comparand: null);
        return true;
    }

    private string WhyNothingGoes() => memory.Reclaim is null ? string.Empty
        : memory.SwapFailures is [.., var last] ? $", the swap store fails ({last})"
        : ", everything that is left is locked, pinned or has nowhere to go";
}
