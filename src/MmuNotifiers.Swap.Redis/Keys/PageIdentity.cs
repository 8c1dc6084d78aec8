using System.Buffers.Binary;
using System.IO.Hashing;

namespace MmuNotifiers.Swap.Redis.Keys;

/// <summary>Which write of which slot of which store a value is of.</summary>
/// <param name="Owner">The store's number.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Incarnation">Which of the slot's keys it is under; see <see cref="SlotState"/>.</param>
/// <param name="Generation">Which write under that key it is.</param>
internal readonly record struct PageIdentity(ulong Owner, long Slot, uint Incarnation, uint Generation)
{
    /// <summary>The identity as the seed of a checksum.</summary>
    public long Seed()
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Owner);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Slot);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], Generation);
        return unchecked((long)XxHash3.HashToUInt64(bytes));
    }
}
