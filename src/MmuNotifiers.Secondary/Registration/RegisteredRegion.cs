using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>A registered region: the translations of its pages. Like a registration that pins nothing, it may lose any of them at any time.</summary>
/// <remarks>
/// A page's two words are read without a lock inside a section of accesses. A translation is dropped by clearing its rights and waiting for
/// the sections; only then may another one take its place, so a reader never sees the rights of one with the address of another.
/// </remarks>
internal sealed partial class RegisteredRegion : IIntervalNotifier
{
    private readonly RegistrationCache _cache;

    /// <summary>Written under the cache's lock.</summary>
    private readonly RegionPage[] _pages;

    /// <summary>How many pages have a translation. Guarded by the cache's lock.</summary>
    private int _present;

    /// <inheritdoc cref="State"/>
    private int _state;

    /// <inheritdoc cref="Rights"/>
    private int _rights;

    /// <summary>Whether memory of it was unmapped. Written under the cache's lock; read without it.</summary>
    private bool _isInvalidated;

    internal RegisteredRegion(RegistrationCache cache, int index, long number, AddressRange range, AccessRights rights)
    {
        _cache = cache;
        Index = index;
        Number = number;
        Range = range;
        _rights = (int)rights;
        _pages = new RegionPage[range.Pages];
    }

    /// <summary>Its place in the counts of the clients. No other region has it until this one is free.</summary>
    internal int Index { get; }

    /// <summary>How many were registered before.</summary>
    internal long Number { get; }

    /// <summary>The addresses, page aligned.</summary>
    internal AddressRange Range { get; }

    /// <summary>What it was registered for. Only grows. Written under the cache's lock; read without it.</summary>
    internal AccessRights Rights
    {
        get => (AccessRights)Shared.Read(in _rights, this);
        set => Shared.Write(ref _rights, (int)value, this);
    }

    /// <summary>Where in its life it is. Written under the cache's lock; read without it.</summary>
    internal RegionState State
    {
        get => (RegionState)Shared.Read(in _state, this);
        set => Shared.Write(ref _state, (int)value, this);
    }

    /// <summary>The last use that the evictor knows of, in ticks of the cache's clock. Guarded by the cache's lock.</summary>
    internal uint KnownUse { get; set; }

    /// <summary>Its notifier, where each region has one. Written before it is listed.</summary>
    internal IntervalSubscription? Subscription { get; set; }

    /// <summary>Whether memory of it was unmapped since it was registered.</summary>
    internal bool IsInvalidated
    {
        get => Shared.Read(in _isInvalidated, this);
        set => Shared.Write(ref _isInvalidated, value, this);
    }

    /// <summary>Finds where the bytes of an address lie, and notes the use. Inside a section of accesses.</summary>
    internal bool TryTranslate(VirtualAddress address, AccessRights access, out nint host)
    {
        ref RegionPage page = ref PageAt(address);
        if ((Shared.Read(in page.Rights, _pages) & (uint)access) != (uint)access)
        {
            host = 0;
            return false;
        }

        NoteUse(ref page);
        host = Shared.Read(in page.Host, _pages) + address.PageOffset;
        return true;
    }

    /// <summary>Enters what a look-up found. Under the cache's lock; no bracket has touched the pages since.</summary>
    internal void Fill(AddressRange range, ReadOnlySpan<Translation> translations, IPrimaryMmu primary)
    {
        int first = (int)(range.Start.PageNumber - Range.Start.PageNumber);
        for (int i = 0; i < translations.Length; i++)
        {
            ref RegionPage page = ref _pages[first + i];
            uint rights = (uint)(translations[i].Rights & AccessRights.ReadWrite);
            if ((rights & (uint)AccessRights.Read) == 0 || (page.Rights & rights) == rights)
            {
                continue;
            }

            if (page.Rights == 0)
            {
                Shared.Write(ref page.Host, primary.FrameAddress(translations[i].Frame), _pages);
                _present++;
            }

            Shared.Write(ref page.Rights, page.Rights | rights, _pages);
        }
    }

    /// <summary>Drops translations. Under the cache's lock; the caller waits for accesses in flight before it gives up the lock.</summary>
    /// <returns>How many there were.</returns>
    internal int Drop(AddressRange range)
    {
        AddressRange mine = range.Intersect(Range);
        int first = (int)(mine.Start.PageNumber - Range.Start.PageNumber);
        int end = mine.IsEmpty ? first : first + (int)mine.Pages;
        int dropped = 0;
        for (int i = first; i < end && dropped < _present; i++)
        {
            if (_pages[i].Rights != 0)
            {
                Shared.Write(ref _pages[i].Rights, 0U, _pages);
                dropped++;
            }
        }

        _present -= dropped;
        return dropped;
    }

    bool IIntervalNotifier.Invalidate(IntervalSubscription subscription, in InvalidationRange range, ulong sequence) =>
        _cache.Invalidate(this, subscription, in range, sequence);
}
