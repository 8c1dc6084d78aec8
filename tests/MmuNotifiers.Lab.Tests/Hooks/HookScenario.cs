using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

/// <summary>An address space with two mirrors, and for each hook site the operation that needs its call.</summary>
internal sealed class HookScenario : IDisposable
{
    private const ulong LeafBytes = 512 * Page.SizeBytes;

    /// <summary>Where 2 MiB start.</summary>
    private static readonly VirtualAddress Base = new(0x40_0000);

    private readonly PhysicalMemory _memory = new(4096);
    private readonly AddressSpace _space;
    private readonly NotifierSubscription _bracketSubscription;
    private readonly TlbSubscription _tlbSubscription;
    private bool _released;

    public HookScenario(HookTable hooks)
    {
        _space = new AddressSpace(_memory, new AddressSpaceOptions { Hooks = hooks, FaultAroundPages = 1 });
        Bracket = new BracketMirror(_space);
        Shared = new SharedTableMirror(_space);
        _bracketSubscription = _space.Register((IMmuNotifier)Bracket);
        _tlbSubscription = _space.Register((ISecondaryTlb)Shared);
    }

    public BracketMirror Bracket { get; }

    public SharedTableMirror Shared { get; }

    /// <summary>Lets both mirrors translate pages, then does what the site is there for.</summary>
    public void Run(HookSite site)
    {
        switch (site)
        {
            case HookSite.Unmap:
                Translate(MapAnonymous(), AccessRights.Write);
                Require(_space.Unmap(Base, Page.SizeBytes));
                break;
            case HookSite.Protect:
                Translate(MapAnonymous(), AccessRights.Write);
                Require(_space.Protect(Base, Page.SizeBytes, AccessRights.Read));
                break;
            case HookSite.ChangeProtection:
                MapAnonymous();
                Require(_space.Protect(Base, Page.SizeBytes, AccessRights.Read));
                break;
            case HookSite.Move:
                Translate(MapAnonymous(), AccessRights.Write);
                Assert.True(_space.Move(Base, Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, Base + 0x10_000).Succeeded);
                break;
            case HookSite.Fork:
                Translate(MapAnonymous(), AccessRights.Write);
                _space.Fork()!.Dispose();
                break;
            case HookSite.CopyOnWrite:
                BreakCopyOnWrite();
                break;
            case HookSite.ZeroPage:
                Translate(MapAnonymous(), AccessRights.Read);
                Assert.Equal(FaultKind.ZeroPageReplaced, _space.Access(Base, AccessRights.Write).Kind);
                break;
            case HookSite.Discard:
                Translate(MapAnonymous(), AccessRights.Write);
                Require(_space.Advise(Base, Page.SizeBytes, Advice.DontNeed));
                break;
            case HookSite.LazyFree:
                Translate(MapAnonymous(), AccessRights.Write);
                Require(_space.Advise(Base, Page.SizeBytes, Advice.Free));
                break;
            case HookSite.Guard:
                Translate(MapAnonymous(), AccessRights.Write);
                Require(_space.Advise(Base, Page.SizeBytes, Advice.GuardInstall));
                break;
            case HookSite.Migrate:
                Translate(MapAnonymous(), AccessRights.Write);
                Assert.Equal(1, _space.Migrate(AddressRange.OfPage(Base)).MovedPages);
                break;
            case HookSite.SoftDirty:
                Translate(MapAnonymous(), AccessRights.Write);
                _space.ClearSoftDirty(AddressRange.OfPage(Base));
                break;
            case HookSite.Merge:
                MergeEqual();
                break;
            case HookSite.Collapse:
                MapHuge();
                Translate(Base, AccessRights.Write);
                Require(_space.Advise(Base, LeafBytes, Advice.Collapse));
                break;
            case HookSite.Split:
                MapHuge();
                Require(_space.Advise(Base, LeafBytes, Advice.Collapse));
                Translate(Base, AccessRights.Write);
                Require(_space.Advise(Base + Page.SizeBytes, Page.SizeBytes, Advice.DontNeed));
                break;
            case HookSite.MakeExclusive:
                Translate(MapAnonymous(), AccessRights.Write);
                Assert.True(_space.MakeExclusive(AddressRange.OfPage(Base), this, new FrameNumber[1]).Succeeded);
                break;
            case HookSite.TakeBack:
                TakeBack();
                break;
            case HookSite.Reap:
                Translate(MapAnonymous(), AccessRights.Write);
                Assert.Equal(new ReapResult(1, 0, 0, false), _space.TryReap());
                break;
            default:
                RunOverObject(site);
                break;
        }
    }

    public void Dispose()
    {
        if (!_released)
        {
            _bracketSubscription.Dispose();
            _tlbSubscription.Dispose();
            _space.Dispose();
        }

        _memory.Dispose();
    }

    private void RunOverObject(HookSite site)
    {
        switch (site)
        {
            case HookSite.ObjectUnmap:
                MemoryObject shared = MapShared(new SharedMemoryObject(_memory, 2 * Page.SizeBytes));
                Translate(Base, AccessRights.Write);
                Require(shared.PunchHole(0, Page.SizeBytes));
                break;
            case HookSite.RemapPages:
                MapShared(new SharedMemoryObject(_memory, 2 * Page.SizeBytes));
                Translate(Base, AccessRights.Write);
                Require(_space.RemapPages(Base, Page.SizeBytes, objectPageOffset: 1));
                break;
            case HookSite.RemapFrames:
                RemapFrames();
                break;
            case HookSite.ApplyToPageRange:
                Translate(MapAnonymous(), AccessRights.Write);
                _space.ApplyToPageRange(AddressRange.OfPage(Base), (_, _) => PageAction.WriteProtect);
                break;
            case HookSite.WriteBack:
                MapShared(new FileObject(_memory, new ByteFileContent(new byte[Page.SizeBytes])));
                Translate(Base, AccessRights.Write);
                Require(_space.Sync(Base, Page.SizeBytes, SyncFlags.Sync));
                break;
            case HookSite.Release:
                Translate(MapAnonymous(), AccessRights.Write);
                _space.Dispose();
                _released = true;
                break;
            case HookSite.Update:
                MapAnonymous();
                _space.Access(Base, AccessRights.Write);
                break;
            default:
                Assert.Fail($"No scenario for {site}.");
                break;
        }
    }

    /// <summary>What the site is there for, as the subscribers can see it: empty if every call was made.</summary>
    public IEnumerable<string> Missing(HookSite site)
    {
        if (_released)
        {
            // A cache over the primary's own table holds no table that could be released.
            return Bracket.IsReleased ? [] : ["nobody was told that the space goes away"];
        }

        return site switch
        {
            // What these take away is exclusiveness, or the size of a translation: frame and rights are what they were.
            HookSite.Split or HookSite.TakeBack => StillHeld(),
            HookSite.Update => Bracket.PagesLoaded == 0 ? ["nobody heard of the loaded translation"] : [],
            HookSite.ChangeProtection => Bracket.AnnouncedRights != AccessRights.Read ? ["nobody heard of the new rights"] : [],
            _ => StaleTranslations(),
        };
    }

    private IEnumerable<string> StillHeld()
    {
        if (Bracket.Entries.Any())
        {
            yield return "the bracket mirror was not told";
        }

        if (Shared.Entries.Any())
        {
            yield return "the mirror over the shared table was not told";
        }
    }

    private IEnumerable<string> StaleTranslations()
    {
        // The question itself is bracketed, so both are asked before either answer is used.
        int[] stale = [.. _space.CountStale(Bracket, Shared)];
        if (stale[0] > 0)
        {
            yield return $"the bracket mirror holds {stale[0]} stale translations";
        }

        if (stale[1] > 0)
        {
            yield return $"the mirror over the shared table holds {stale[1]} stale translations";
        }
    }

    private VirtualAddress MapAnonymous() =>
        Mapped(new MapRequest(Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Base });

    private MemoryObject MapShared(MemoryObject target)
    {
        Mapped(new MapRequest(Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Shared | MapFlags.Fixed)
        {
            Address = Base,
            Object = new ObjectHandle(target, AccessRights.ReadWrite),
        });
        return target;
    }

    private VirtualAddress Mapped(MapRequest request)
    {
        AddressResult result = _space.Map(in request);
        Assert.True(result.Succeeded, result.ToString());
        return result.Address;
    }

    private void BreakCopyOnWrite()
    {
        MapAnonymous();
        _space.Access(Base, AccessRights.Write);
        using AddressSpace child = _space.Fork()!;
        Translate(Base, AccessRights.Read);
        Assert.Equal(FaultKind.CopyOnWrite, _space.Access(Base, AccessRights.Write).Kind);
    }

    private void MergeEqual()
    {
        const ulong Pages = 2;
        Mapped(new MapRequest(Pages * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Base });
        Require(_space.Advise(Base, Pages * Page.SizeBytes, Advice.Mergeable));
        Translate(Base + Page.SizeBytes, AccessRights.Write);
        Translate(Base, AccessRights.Write);
        Assert.Equal((long)Pages, _space.MergeEqualPages(AddressRange.FromPages(Base, Pages)));
    }

    private void MapHuge() =>
        Mapped(new MapRequest(LeafBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Base });

    /// <summary>The mirrors have a page for themselves, as devices, when a CPU wants it back.</summary>
    private void TakeBack()
    {
        FrameNumber[] frames = new FrameNumber[1];
        MapAnonymous();
        Assert.True(_space.MakeExclusive(AddressRange.OfPage(Base), this, frames).Succeeded);
        Bracket.Install(Base, new MirrorEntry(frames[0], AccessRights.ReadWrite));
        Shared.Install(Base, new MirrorEntry(frames[0], AccessRights.ReadWrite));
        Assert.Equal(FaultKind.TakenBack, _space.Access(Base, AccessRights.Read).Kind);
    }

    private void RemapFrames()
    {
        const ulong Frames = 2;
        MapAnonymous();
        VirtualAddress lender = Base + 0x10_000;
        Mapped(new MapRequest(Frames * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = lender });
        FrameNumber[] lent = new FrameNumber[1];
        Assert.Equal(FaultResult.Success, _space.Pin(AddressRange.OfPage(lender), AccessRights.Write, lent));
        Translate(Base, AccessRights.Write);
        Require(_space.RemapFrames(Base, lent));
        _space.Unpin(lent);
    }

    private void Translate(VirtualAddress page, AccessRights access)
    {
        Assert.Equal(FaultResult.Success, Bracket.Touch(page, access));
        Assert.Equal(FaultResult.Success, Shared.Touch(page, access));
    }

    private static void Require(Errno error) => Assert.Equal(Errno.None, error);
}
