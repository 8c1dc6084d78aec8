using System.IO.Hashing;

namespace MmuNotifiers.Swap;

/// <summary>
/// What a <see cref="FileSwapStore"/> remembers of 256 neighbouring slots: a checksum each, and how many are in use, so that the file's blocks go back
/// to the file system a group at a time.
/// </summary>
/// <remarks>
/// <code>
/// state of a slot   its word                                   in the file
/// empty             0                                          a hole, or what was there before
/// being written     1, set under the lock before the write     undefined
/// written           its checksum                               the page
/// </code>
/// </remarks>
internal sealed class FileGroup
{
    private const ulong Empty = 0;
    private const ulong Unknown = 1;

    private readonly Lock _gate = new();

    /// <summary>The slots' words. From and to <see cref="Empty"/> guarded by <see cref="_gate"/>; otherwise whoever uses the slot changes its word.</summary>
    private readonly ulong[] _words = new ulong[SlotGroups.GroupSlots];

    /// <summary>How many slots are not empty. Guarded by <see cref="_gate"/>.</summary>
    private int _occupied;

    /// <summary>Whether the group waits for its blocks to be given back. Guarded by <see cref="_gate"/>.</summary>
    private bool _isQueued;

    /// <summary>The first slot. Set when the group is first used, always to the same value.</summary>
    internal long FirstSlot { get; private set; }

    /// <summary>The checksum of a page; never one of the two words that mean something else.</summary>
    internal static ulong Checksum(ReadOnlySpan<byte> page) => Math.Max(XxHash3.HashToUInt64(page), Unknown + 1);

    /// <summary>Whether a slot holds a page that was written whole.</summary>
    internal bool IsWritten(int index) => _words[index] > Unknown;

    /// <summary>Whether bytes are those that were written to a slot.</summary>
    internal bool IsIntact(int index, ReadOnlySpan<byte> page) => _words[index] == Checksum(page);

    /// <summary>Keeps the blocks of a slot from being given back, before it is written.</summary>
    internal void BeginWrite(long slot)
    {
        int index = SlotGroups.IndexOf(slot);
        if (_words[index] != Empty)
        {
            _words[index] = Unknown;
            return;
        }

        lock (_gate)
        {
            FirstSlot = slot - index;
            _words[index] = Unknown;
            _occupied++;
        }
    }

    /// <summary>Remembers what was written.</summary>
    internal void EndWrite(int index, ulong checksum) => _words[index] = checksum;

    /// <summary>Empties a slot. Tells whether the group is to be queued, since nothing of it is in use any more.</summary>
    internal bool Discard(int index)
    {
        lock (_gate)
        {
            if (_words[index] == Empty)
            {
                return false;
            }

            _words[index] = Empty;
            _occupied--;
            bool mustQueue = _occupied == 0 && !_isQueued;
            _isQueued |= mustQueue;
            return mustQueue;
        }
    }

    /// <summary>Gives the blocks back, unless a slot is in use again; who begins a write meanwhile waits.</summary>
    internal void GiveBack(IPageFile file)
    {
        lock (_gate)
        {
            _isQueued = false;
            if (_occupied == 0)
            {
                file.TryPunchHole(PageFiles.HeaderBytes + (FirstSlot << Page.Shift), (long)SlotGroups.GroupSlots << Page.Shift);
            }
        }
    }
}
