using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What a device may touch: I1 to I5.</summary>
internal sealed partial class Judge
{
    private (Invariants Broken, string Sentence) JudgeAccess(ThreadState thread, FrameNumber frame, bool isWrite)
    {
        using Uncontrolled free = Uncontrolled.Enter();
        int page = thread.AccessedPage;
        VirtualAddress address = ScenarioRun.AddressOf(page);
        Pte pte = Run.Space.PeekPte(address);
        bool isFree = Run.Memory.Frames.References(frame) == 0;
        bool isPinned = Run.Memory.Frames.Pins(frame) > 0;
        bool isCurrent = pte.HoldsFrame && pte.Frame == frame;
        BracketRecord? open = FamilyOf(thread.AccessedThrough) == SubscriberFamily.SharedTable ? null : OpenBracketOver(address, thread);
        Invariants broken = Invariants.None;
        if (isFree)
        {
            bool isStale = BracketSince(thread, address) is not { } bracket || InstalledAfter(thread, bracket);
            broken = Invariants.UseAfterFree | (isStale ? Invariants.StaleInstall : Invariants.InstallInBracket);
        }
        else if (open is not null && !isPinned)
        {
            broken = Invariants.InstallInBracket;
        }
        else if (open is null && !isCurrent && !IsExcused(thread, page, pte, isPinned))
        {
            broken = Invariants.StaleInstall
                | (pte.IsPresent ? Invariants.Coherence : Invariants.None)
                | (isWrite ? Invariants.DirtyLost : Invariants.None);
        }
        else if (open is null && isCurrent && !Allows(pte, isWrite))
        {
            broken = Invariants.Permission;
        }

        if (broken == Invariants.None)
        {
            return (broken, "");
        }

        broken |= IsReleased(thread.AccessedThrough) ? Invariants.Lifetime : Invariants.None;
        return (broken, AccessSentence(thread, frame, isWrite, isFree, pte, open));
    }

    private static bool Allows(Pte pte, bool isWrite) =>
        pte.Kind == PteKind.DeviceExclusive || (pte.Rights & (isWrite ? AccessRights.Write : AccessRights.Read)) != 0;

    /// <summary>
    /// Where another frame than the pte's may be touched: through a pin whose page was unmapped, and by a cache over the table between the
    /// store to the pte and the flush.
    /// </summary>
    private bool IsExcused(ThreadState thread, int page, Pte pte, bool isPinned) =>
        (isPinned && !pte.IsPresent) || (FamilyOf(thread.AccessedThrough) == SubscriberFamily.SharedTable && IsFlushPending(page));

    private string AccessSentence(ThreadState thread, FrameNumber frame, bool isWrite, bool isFree, Pte pte, BracketRecord? open)
    {
        VirtualAddress address = ScenarioRun.AddressOf(thread.AccessedPage);
        string start = $"{thread.Name} {(isWrite ? "wrote" : "read")} {NameOf(frame)}";
        if (open is null && !isFree && pte.HoldsFrame && pte.Frame == frame)
        {
            return $"{start} through an entry with more rights than the primary has: {address} is mapped {Words(pte.Rights)}.";
        }

        BracketRecord? bracket = open ?? BracketSince(thread, address);
        string entry = bracket is null ? " through an entry that no bracket had told it to drop" : $" through an entry {Survived(thread, bracket)}";
        string consequence = (isFree, open) switch
        {
            (true, _) => ", after the frame was freed",
            (_, not null) => " while it is open",
            _ when pte.IsPresent => $", though {NameOf(pte.Frame)} is behind {address} now",
            _ => $", though nothing is mapped at {address} any more",
        };
        return $"{start}{entry}{consequence}.";
    }

    /// <summary>Whether a translation was looked up before a bracket had ended and installed after that, as far as the order of steps tells.</summary>
    private static bool InstalledAfter(ThreadState thread, BracketRecord bracket) =>
        thread.LookUp.Page == thread.AccessedPage
        && thread.LookUp.Ended != 0
        && bracket.Closed != 0
        && thread.LookUp.Ended < bracket.Closed
        && thread.LookUp.WentOn >= bracket.Closed;

    /// <summary>How an entry came through a bracket, as far as the order of steps tells.</summary>
    private static string Survived(ThreadState thread, BracketRecord bracket)
    {
        LookUp lookUp = thread.LookUp;
        bool isLookedUp = lookUp.Page == thread.AccessedPage && lookUp.Ended != 0;
        bool isInside = isLookedUp && lookUp.Ended > bracket.Opened;
        if (InstalledAfter(thread, bracket))
        {
            return $"looked up {(isInside ? "inside" : "before")} {bracket} and installed after it";
        }

        if (isInside)
        {
            return bracket.Closed == 0 || lookUp.WentOn < bracket.Closed
                ? $"looked up and installed inside the bracket of {bracket}"
                : $"looked up inside the bracket of {bracket} and installed after it";
        }

        bool isHeldBack = isLookedUp && (lookUp.WentOn == 0 || lookUp.WentOn > bracket.Opened);
        return isHeldBack
            ? $"installed inside the bracket of {bracket}"
            : $"that was still in use when the start of {bracket} had returned";
    }

    private static string Words(AccessRights rights) => rights switch
    {
        AccessRights.None => "for nothing",
        AccessRights.Read => "for reading only",
        _ => $"for {rights}".ToLowerInvariant(),
    };

    private static string NameOf(FrameNumber frame) => frame == PhysicalMemory.ZeroFrame ? "the zero page" : $"frame {frame.Value}";
}
