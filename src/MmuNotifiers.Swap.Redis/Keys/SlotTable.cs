namespace MmuNotifiers.Swap.Redis.Keys;

/// <summary>
/// The state of each slot: 8 bytes, in parts that come into being with the first write to them. The caller's law (nobody transfers or discards a slot
/// that another transfers) makes each entry its user's own.
/// </summary>
/// <param name="slotCount">How many slots there are.</param>
internal sealed class SlotTable(long slotCount)
{
    private const int SlotsOfPart = 1 << 14;

    /// <summary>Guarded by: a part is published once, by compare-exchange; pairs with the volatile read of it.</summary>
    private readonly ulong[]?[] _parts = new ulong[]?[(slotCount + SlotsOfPart - 1) / SlotsOfPart];

    public long SlotCount => slotCount;

    public SlotState this[long slot]
    {
        get
        {
            ulong[]? part = Volatile.Read(ref _parts[slot / SlotsOfPart]);
            ulong bits = part is null ? 0 : Volatile.Read(ref part[slot % SlotsOfPart]);
            return new SlotState((uint)(bits >> 32), (uint)bits);
        }

        set => Volatile.Write(ref PartOf(slot)[slot % SlotsOfPart], ((ulong)value.Incarnation << 32) | value.Generation);
    }

    /// <summary>The slots that hold a page, in order.</summary>
    public IEnumerable<long> Written()
    {
        for (int part = 0; part < _parts.Length; part++)
        {
            if (Volatile.Read(ref _parts[part]) is not { } bits)
            {
                continue;
            }

            for (int index = 0; index < bits.Length; index++)
            {
                if ((uint)Volatile.Read(ref bits[index]) != 0)
                {
                    yield return ((long)part * SlotsOfPart) + index;
                }
            }
        }
    }

    private ulong[] PartOf(long slot)
    {
        ref ulong[]? part = ref _parts[slot / SlotsOfPart];
        return Volatile.Read(ref part) ?? Interlocked.CompareExchange(ref part, new ulong[SlotsOfPart], null) ?? part;
    }
}
