using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>What an open bracket owes at its end, in two registers.</summary>
/// <param name="Interval">The one interval that it opened, if it opened one only and <paramref name="Frame"/> is null.</param>
/// <param name="Frame">Everything else; null where there is nothing else.</param>
internal readonly record struct OpenBracket(IntervalSubscription? Interval, BracketFrame? Frame)
{
    private static readonly BracketFrame RefusedFrame = new(owner: null!);

    /// <summary>What stands for a bracket that did not open.</summary>
    internal static OpenBracket Refused => new(null, RefusedFrame);

    /// <summary>Whether the bracket did not open.</summary>
    internal bool IsRefused => Frame == RefusedFrame;

    /// <summary>Pays it, and takes the mark back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void End(GraceSlot slot)
    {
        if (Frame is not null)
        {
            NotifierSubscriptions.End(slot, Frame);
            return;
        }

        Interval?.CloseBracket();
        slot.Exit();
    }
}
