using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

/// <summary>A mirror with a table of its own: it is told by brackets, and wants to hear of loaded translations and new rights.</summary>
internal sealed class BracketMirror(AddressSpace space) : TranslationMirror(space), IMmuNotifier, IUpdateNotifier
{
    /// <summary>Pages of which it was told that they were loaded.</summary>
    public ulong PagesLoaded { get; private set; }

    /// <summary>The rights that it heard last from a change of protection.</summary>
    public AccessRights? AnnouncedRights { get; private set; }

    /// <summary>Whether it was told that the address space goes away.</summary>
    public bool IsReleased { get; private set; }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        Drop(range.Range);
        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
    }

    public void Release()
    {
        IsReleased = true;
        DropAll();
    }

    public void UpdateRange(AddressRange range, AccessRights rights) => PagesLoaded += range.Pages;

    public void ChangeProtection(AddressRange range, AccessRights rights) => AnnouncedRights = rights;
}
