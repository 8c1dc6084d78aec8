using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What a CPU and the system calls of its process do to the address space.</summary>
public sealed partial class ThreadScript
{
    /// <summary>A CPU reads the first word of a page.</summary>
    public ThreadScript Read(int page) => Add(new CpuOperation(page, AccessRights.Read));

    /// <summary>A CPU writes the first word of a page.</summary>
    public ThreadScript Write(int page) => Add(new CpuOperation(page, AccessRights.Write));

    /// <summary>munmap.</summary>
    public ThreadScript Unmap(int page, int count = 1) => Call(
        "Unmap", page, count, PageEffect.Vanish, (space, range) => space.Unmap(range.Start, range.LengthBytes));

    /// <summary>mmap of private anonymous memory over whatever is there.</summary>
    public ThreadScript Map(int page, int count = 1, AccessRights rights = AccessRights.ReadWrite) => Call(
        "Map", page, count, PageEffect.Zero, (space, range) => space.Map(FixedAnonymous(range, rights)).Error);

    /// <summary>mprotect.</summary>
    public ThreadScript Protect(int page, int count, AccessRights rights) => Call(
        $"Protect {rights}", page, count, PageEffect.Keep, (space, range) => space.Protect(range.Start, range.LengthBytes, rights));

    /// <summary>madvise(MADV_DONTNEED): the pages are dropped; private ones show zeroes afterwards.</summary>
    public ThreadScript Discard(int page, int count = 1) => Call(
        "Discard", page, count, PageEffect.Drop, (space, range) => space.Advise(range.Start, range.LengthBytes, Primary.Advice.DontNeed));

    /// <summary>madvise, with any advice.</summary>
    public ThreadScript Advise(int page, int count, Advice advice) => Call(
        $"Advise {advice}", page, count, EffectOf(advice), (space, range) => space.Advise(range.Start, range.LengthBytes, advice));

    /// <summary>mremap: moves pages over others.</summary>
    public ThreadScript Move(int page, int count, int toPage) => Add(new MoveOperation(page, count, toPage));

    /// <summary>msync.</summary>
    public ThreadScript Sync(int page, int count = 1) => Call(
        "Sync", page, count, PageEffect.Keep, (space, range) => space.Sync(range.Start, range.LengthBytes, SyncFlags.Sync));

    /// <summary>Moves pages to other frames; addresses and contents stay.</summary>
    public ThreadScript Migrate(int page, int count = 1) => Call("Migrate", page, count, PageEffect.Keep, static (space, range) =>
    {
        space.Migrate(range);
        return Errno.None;
    });

    /// <summary>Merges pages of the range that hold the same.</summary>
    public ThreadScript MergeEqualPages(int page, int count) => Call("MergeEqualPages", page, count, PageEffect.Keep, static (space, range) =>
    {
        space.MergeEqualPages(range);
        return Errno.None;
    });

    /// <summary>Gives pages to the devices of a secondary MMU alone, until a CPU or another device touches them.</summary>
    public ThreadScript MakeExclusive(int page, int count = 1, int secondary = 0) => Add(new ExclusiveOperation(page, count, secondary));

    /// <summary>Begins to track anew which pages are written.</summary>
    public ThreadScript ClearSoftDirty(int page, int count = 1) => Call("ClearSoftDirty", page, count, PageEffect.Keep, static (space, range) =>
    {
        space.ClearSoftDirty(range);
        return Errno.None;
    });

    /// <summary>fork. <see cref="InChild"/> says what is done to the child.</summary>
    public ThreadScript Fork() => Add(new ForkOperation());

    /// <summary>exit: the address space goes away. Devices may still use it; CPU threads may not.</summary>
    public ThreadScript Exit() => Add(new ExitOperation());

    /// <summary>get_user_pages: pins pages until <see cref="Unpin"/>.</summary>
    public ThreadScript Pin(int page, int count, AccessRights access) => Add(new PinOperation(page, count, access));

    /// <summary>Ends all pins that this thread made.</summary>
    public ThreadScript Unpin() => Add(new UnpinOperation());

    /// <summary>Gives an object of the scenario another length.</summary>
    /// <param name="pages">The new length.</param>
    /// <param name="objectNumber">Which object.</param>
    public ThreadScript Truncate(int pages, int objectNumber = 0) => Add(new ObjectOperation(
        $"Truncate(object {objectNumber}, {pages} pages)", objectNumber, pages, int.MaxValue, target => target.Resize((ulong)pages << Page.Shift)));

    /// <summary>Punches a hole into an object of the scenario.</summary>
    /// <param name="firstPage">The first page of the hole, within the object.</param>
    /// <param name="count">How many pages.</param>
    /// <param name="objectNumber">Which object.</param>
    public ThreadScript PunchHole(int firstPage, int count = 1, int objectNumber = 0) => Add(new ObjectOperation(
        $"PunchHole(object {objectNumber}, pages {firstPage}..{firstPage + count})",
        objectNumber,
        firstPage,
        count,
        target => target.PunchHole((ulong)firstPage << Page.Shift, (ulong)count << Page.Shift)));

    /// <summary>
    /// A bracket that must not block, in which nothing changes: what a reaper does that may not wait. Does nothing if it is refused.
    /// </summary>
    public ThreadScript TryBracket(int page, int count = 1, InvalidationEvent reason = InvalidationEvent.Clear) =>
        Add(new BracketOperation(page, count, reason, isBlockable: false));

    /// <summary>A bracket in which nothing changes.</summary>
    public ThreadScript Bracket(int page, int count = 1, InvalidationEvent reason = InvalidationEvent.Clear) =>
        Add(new BracketOperation(page, count, reason, isBlockable: true));

    /// <summary>Any other operation on the address space.</summary>
    /// <param name="name">Its name, for the report.</param>
    /// <param name="page">The first page that it is about.</param>
    /// <param name="count">How many pages.</param>
    /// <param name="effect">What it does to the values of these pages.</param>
    /// <param name="call">The operation.</param>
    public ThreadScript Call(string name, int page, int count, PageEffect effect, Func<AddressSpace, AddressRange, Errno> call) =>
        Add(new SpaceOperation(name, page, count, effect, call));

    private static MapRequest FixedAnonymous(AddressRange range, AccessRights rights) =>
        new(range.LengthBytes, rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = range.Start };

    private static PageEffect EffectOf(Advice advice) => advice switch
    {
        Primary.Advice.DontNeed or Primary.Advice.DontNeedLocked => PageEffect.Drop,
        Primary.Advice.Remove => PageEffect.Zero,
        Primary.Advice.Free or Primary.Advice.GuardInstall or Primary.Advice.GuardRemove => PageEffect.Unknown,
        _ => PageEffect.Keep,
    };
}
