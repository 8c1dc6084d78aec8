using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// Whether the addresses and lengths of a recorded call are such as a process can have: a harmed or made-up trace may hold anything.
/// </summary>
internal static class CallRanges
{
    /// <summary>User addresses lie below (x86-64, four levels).</summary>
    private const ulong Limit = 1UL << 47;

    /// <summary>Whether a range lies among the user addresses.</summary>
    public static bool Fits(VirtualAddress start, ulong lengthBytes) => start.Value < Limit && lengthBytes <= Limit - start.Value;

    /// <summary>Whether an area of execve does.</summary>
    public static bool Fit(in InitialArea area) =>
        Fits(area.Start, area.LengthBytes) && area.Start.IsPageAligned && area.LengthBytes != 0 && area.OffsetBytes < 1UL << 62;

    /// <summary>Whether every range of a call does.</summary>
    public static bool Fit(SystemCallEvent call) => call switch
    {
        MapCall map => map.Failed || (Fits(new VirtualAddress((ulong)map.Result), map.LengthBytes) && map.OffsetBytes < 1UL << 62),
        UnmapCall unmap => Fits(unmap.Address, unmap.LengthBytes),
        ProtectCall protect => Fits(protect.Address, protect.LengthBytes),
        AdviseCall advise => Fits(advise.Address, advise.LengthBytes),
        BreakCall move => Fits(new VirtualAddress((ulong)move.Result), 0),
        RemapCall remap => Fits(remap.OldAddress, remap.OldLengthBytes)
            && (remap.Failed || Fits(new VirtualAddress((ulong)remap.Result), remap.NewLengthBytes)),
        RemapFilePagesCall remap => Fits(remap.Address, remap.LengthBytes) && remap.PageOffset < 1UL << 50,
        AttachSharedCall attach => attach.Failed || Fits(new VirtualAddress((ulong)attach.Result), attach.LengthBytes),
        DetachSharedCall detach => Fits(detach.Address, 0),
        LockCall one => Fits(one.Address, one.LengthBytes),
        UnlockCall one => Fits(one.Address, one.LengthBytes),
        SyncCall sync => Fits(sync.Address, sync.LengthBytes),
        _ => true,
    };

    /// <summary>How many pages a call brings in or looks at one by one.</summary>
    public static ulong PagesVisited(SystemCallEvent call) => call switch
    {
        AdviseCall { Advice: LinuxAdvice.PopulateRead or LinuxAdvice.PopulateWrite } advise => Page.Count(advise.LengthBytes),
        AdviseCall { Advice: LinuxAdvice.GuardInstall or LinuxAdvice.Remove } advise => Page.Count(advise.LengthBytes),
        MapCall map when (map.Flags & (LinuxMapFlags.Populate | LinuxMapFlags.Locked)) != 0 => Page.Count(map.LengthBytes),
        LockCall one => Page.Count(one.LengthBytes),
        RemapFilePagesCall remap => Page.Count(remap.LengthBytes),
        _ => 0,
    };
}
