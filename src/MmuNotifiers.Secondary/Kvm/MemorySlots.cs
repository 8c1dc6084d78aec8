namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// All memory slots at one moment, searchable from both sides. Immutable: a change makes another, so that whoever holds one
/// goes on with it.
/// </summary>
internal sealed class MemorySlots
{
    /// <summary>The slots by their first guest frame.</summary>
    private readonly MemorySlot[] _byGuest;

    /// <summary>The slots by their first host address; two may overlap there.</summary>
    private readonly MemorySlot[] _byHost;

    /// <summary>For each of <see cref="_byHost"/> the highest end of it and all before it.</summary>
    private readonly VirtualAddress[] _highestEnd;

    private MemorySlots(IEnumerable<MemorySlot> slots)
    {
        _byGuest = [.. slots.OrderBy(slot => slot.FirstFrame.Value)];
        _byHost = [.. _byGuest.OrderBy(slot => slot.UserRange.Start)];
        _highestEnd = new VirtualAddress[_byHost.Length];
        VirtualAddress highest = VirtualAddress.Zero;
        for (int i = 0; i < _byHost.Length; i++)
        {
            VirtualAddress end = _byHost[i].UserRange.End;
            highest = end > highest ? end : highest;
            _highestEnd[i] = highest;
        }
    }

    internal static MemorySlots Empty { get; } = new([]);

    internal ReadOnlySpan<MemorySlot> All => _byGuest;

    /// <summary>The slot that contains a guest frame.</summary>
    internal MemorySlot? Find(GuestFrameNumber frame)
    {
        int low = 0;
        int high = _byGuest.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_byGuest[middle].FirstFrame.Value <= frame.Value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && _byGuest[low - 1].Contains(frame) ? _byGuest[low - 1] : null;
    }

    internal MemorySlot? FindById(int id) => Array.Find(_byGuest, slot => slot.Id == id);

    /// <summary>The slots that overlap host addresses.</summary>
    internal OverlapEnumerator Overlapping(AddressRange userRange)
    {
        int low = 0;
        int high = _byHost.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_highestEnd[middle] <= userRange.Start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return new OverlapEnumerator(_byHost, low - 1, userRange);
    }

    /// <summary>The same slots with one replaced, or removed (<paramref name="slot"/> null).</summary>
    internal MemorySlots With(MemorySlot? slot, MemorySlot old)
    {
        IEnumerable<MemorySlot> kept = _byGuest.Where(other => other != old);
        return new MemorySlots(slot is null ? kept : kept.Append(slot));
    }

    /// <summary>The same slots and more. They may collide: see <see cref="ThrowIfCollision"/>.</summary>
    internal MemorySlots With(IReadOnlyCollection<MemorySlot> more) => new(_byGuest.Concat(more));

    /// <summary>Refuses slots with the same number, or with some of the same guest frames.</summary>
    internal void ThrowIfCollision()
    {
        Dictionary<int, MemorySlot> byId = new(_byGuest.Length);
        for (int i = 0; i < _byGuest.Length; i++)
        {
            MemorySlot slot = _byGuest[i];
            if (!byId.TryAdd(slot.Id, slot))
            {
                ThrowCollision(slot, byId[slot.Id]);
            }

            if (i > 0 && _byGuest[i - 1].FirstFrame.Value + _byGuest[i - 1].Pages > slot.FirstFrame.Value)
            {
                ThrowCollision(slot, _byGuest[i - 1]);
            }
        }
    }

    private static void ThrowCollision(MemorySlot slot, MemorySlot other) =>
        throw new ArgumentException($"Slot {slot.Id} at {slot.FirstFrame} collides with slot {other.Id} at {other.FirstFrame}.", nameof(slot));

    /// <summary>Walks the slots that overlap a range.</summary>
    internal struct OverlapEnumerator(MemorySlot[] byHost, int index, AddressRange range)
    {
        private int _index = index;

        public readonly MemorySlot Current => byHost[_index];

        public readonly OverlapEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (++_index < byHost.Length && byHost[_index].UserRange.Start < range.End)
            {
                if (byHost[_index].UserRange.Overlaps(range))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
