using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>What an open bracket owes at its end, in two registers.</summary>
/// <param name="Interval">The one interval that it opened, if it opened one only and <paramref name="Frame"/> is null.</param>
/// <param name="Frame">Everything else; null where there is nothing else.</param>
internal readonly record struct OpenBracket(IntervalSubscription? Interval, BracketFrame? Frame)
{
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
