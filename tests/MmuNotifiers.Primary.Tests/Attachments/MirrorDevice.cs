namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>
/// The simplest secondary that does everything right: a dictionary of translations, a sequence that is checked before an install, and
/// accesses through what it holds. Accesses that it must not make any more show in the bytes.
/// </summary>
internal sealed class MirrorDevice : IMmuNotifier, IUpdateNotifier, IDisposable
{
    private readonly IPrimaryMmu _primary;
    private readonly NotifierSubscription _subscription;
    private readonly Dictionary<ulong, Translation> _held = [];
    private readonly List<string> _told = [];
    private bool _isReleased;

    internal MirrorDevice(IPrimaryMmu primary)
    {
        _primary = primary;
        _subscription = primary.Register((IMmuNotifier)this);
    }

    /// <summary>Every start, with its addresses.</summary>
    internal IReadOnlyList<string> Told => _told;

    /// <summary>Open brackets.</summary>
    internal int Open { get; private set; }

    internal AccessRights? Announced { get; private set; }

    internal Action<InvalidationRange>? OnStart { get; set; }

    internal bool Holds(ulong page) => _held.ContainsKey(page);

    /// <summary>Whether it may store to a page without asking.</summary>
    internal bool MayStore(ulong page) => _held.TryGetValue(page, out Translation held) && (held.Rights & AccessRights.Write) != 0;

    internal void Forget() => _told.Clear();

    /// <summary>The frame behind a page, faulted in if it is not held with the right.</summary>
    internal FaultResult Touch(ulong page, AccessRights access)
    {
        if (_isReleased)
        {
            return FaultResult.NotMapped;
        }

        if (_held.TryGetValue(page, out Translation held) && (held.Rights & access) == access)
        {
            return FaultResult.Success;
        }

        Translation[] found = new Translation[1];
        RangeFaultResult result = _primary.FaultRange(AddressRange.FromPages(VirtualAddress.OfPage(page), 1), access, found);
        if (result.Succeeded)
        {
            // A page that was looked up for a load is entered without the right to store.
            _held[page] = found[0] with { Rights = found[0].Rights & (access | AccessRights.Read) };
        }

        return result.Result;
    }

    /// <summary>The frame that it holds for a page.</summary>
    internal FrameNumber FrameOf(ulong page) => _held[page].Frame;

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        _told.Add($"{range.Event} {range.Range}");
        Open++;
        OnStart?.Invoke(range);
        foreach (ulong page in _held.Keys)
        {
            if (range.Range.Contains(VirtualAddress.OfPage(page)))
            {
                _held.Remove(page);
            }
        }

        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range) => Open--;

    public void Release()
    {
        _isReleased = true;
        _held.Clear();
        _told.Add("release");
    }

    public void UpdateRange(AddressRange range, AccessRights rights) => _told.Add($"update {range} {rights}");

    public void ChangeProtection(AddressRange range, AccessRights rights) => Announced = rights;

    public void Dispose() => _subscription.Dispose();
}
