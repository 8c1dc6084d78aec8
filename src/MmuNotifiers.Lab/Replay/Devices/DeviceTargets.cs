using MmuNotifiers.Lab.Replay.Model;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>
/// Pages of one address space that devices go for: some that the program used lately, and some that were unmapped. Written by the
/// replaying thread, read by any.
/// </summary>
internal sealed class DeviceTargets
{
    /// <summary>How many used pages are offered.</summary>
    public const int UsedCount = 64;

    private const int RevokedCount = 8;
    private const ulong None = 0;

    private readonly ModelPage?[] _used = new ModelPage?[UsedCount];

    /// <summary>Numbers of pages at whose addresses nothing may be accessed now.</summary>
    private readonly ulong[] _revoked = new ulong[RevokedCount];
    private int _nextUsed;
    private int _nextRevoked;
    private int _nextFresh;

    /// <summary>The page that the program used last.</summary>
    public ModelPage? Latest => Used(Volatile.Read(ref _nextUsed) - 1);

    /// <summary>A page that the program used; it may be gone since.</summary>
    public ModelPage? Used(int index) => Volatile.Read(ref _used[index & (UsedCount - 1)]);

    /// <summary>The number of a page that was revoked; 0 for none.</summary>
    public ulong Revoked(int index) => Volatile.Read(ref _revoked[index & (RevokedCount - 1)]);

    /// <summary>The number of a page that was revoked since the last call and is so still; 0 for no more. One thread calls.</summary>
    public ulong TakeFreshlyRevoked()
    {
        _nextFresh = Math.Max(_nextFresh, _nextRevoked - RevokedCount);
        while (_nextFresh < _nextRevoked)
        {
            if (Revoked(_nextFresh++) is var page && page != None)
            {
                return page;
            }
        }

        return None;
    }

    /// <summary>The program used a page.</summary>
    public void Offer(ModelPage page)
    {
        Volatile.Write(ref _used[_nextUsed & (UsedCount - 1)], page);
        Volatile.Write(ref _nextUsed, _nextUsed + 1);
    }

    /// <summary>A page that devices may have translated was unmapped, or its area allows nothing any more.</summary>
    public void Revoke(ulong pageNumber) => Volatile.Write(ref _revoked[_nextRevoked++ & (RevokedCount - 1)], pageNumber);

    /// <summary>Something is mapped in a range again, or allowed again.</summary>
    public void Restore(AddressRange range)
    {
        for (int i = 0; i < RevokedCount; i++)
        {
            if (range.Contains(VirtualAddress.OfPage(_revoked[i])))
            {
                Volatile.Write(ref _revoked[i], None);
            }
        }
    }
}
