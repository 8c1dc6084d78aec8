namespace MmuNotifiers.Swap;

/// <summary>
/// 256 neighbouring slots of a <see cref="MemorySwapStore"/>. They have memory as long as one of them is occupied; the bytes of an occupied slot
/// are free to whoever uses that slot.
/// </summary>
internal sealed unsafe class MemoryGroup
{
    private readonly Lock _gate = new();

    // Changed under _gate; who uses an occupied slot reads its own mark and the pointer without.
    private readonly bool[] _isOccupied = new bool[SlotGroups.GroupSlots];
    private byte* _bytes;

    /// <summary>How many slots are occupied. Guarded by <see cref="_gate"/>.</summary>
    private int _occupied;

    /// <summary>Whether a slot that nobody writes or discards at the moment is occupied.</summary>
    internal bool IsOccupied(int index) => _isOccupied[index];

    /// <summary>The bytes of an occupied slot.</summary>
    // SAFETY: the index is below the number of slots that the memory is for, and an occupied slot keeps it allocated.
    internal Span<byte> Slot(int index) => new(_bytes + ((long)index << Page.Shift), Page.SizeBytes);

    /// <summary>Occupies a slot, unless there is no memory to be had.</summary>
    internal bool TryOccupy(int index, GroupMemory memory)
    {
        if (_isOccupied[index])
        {
            return true;
        }

        lock (_gate)
        {
            if (_bytes is null)
            {
                _bytes = memory.TryTake();
            }

            if (_bytes is null)
            {
                return false;
            }

            _occupied++;
            _isOccupied[index] = true;
            return true;
        }
    }

    /// <summary>Makes a slot empty.</summary>
    internal void Vacate(int index, GroupMemory memory)
    {
        lock (_gate)
        {
            if (!_isOccupied[index])
            {
                return;
            }

            _isOccupied[index] = false;
            if (--_occupied == 0)
            {
                memory.Return(_bytes);
                _bytes = null;
            }
        }
    }

    /// <summary>Gives the memory back to the system. The store is not in use any more.</summary>
    internal void Free()
    {
        GroupMemory.Free(_bytes);
        _bytes = null;
    }
}
