using System.Buffers.Binary;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>Loads and stores of one <see cref="Word"/>, by the program and by devices.</summary>
internal static class WordAccess
{
    public static FaultResult Load(AddressSpace space, VirtualAddress address, out Word word)
    {
        Span<byte> bytes = stackalloc byte[WordSlots.WordBytes];
        FaultResult result = space.Read(address, bytes).Result;
        word = new Word(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return result;
    }

    public static FaultResult Store(AddressSpace space, VirtualAddress address, Word word)
    {
        Span<byte> bytes = stackalloc byte[WordSlots.WordBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word.Value);
        return space.Write(address, bytes).Result;
    }

    public static FaultResult Load(ISecondaryDevice device, VirtualAddress address, out Word word)
    {
        Span<byte> bytes = stackalloc byte[WordSlots.WordBytes];
        FaultResult result = device.Read(address, bytes);
        word = new Word(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return result;
    }

    public static FaultResult Store(ISecondaryDevice device, VirtualAddress address, Word word)
    {
        Span<byte> bytes = stackalloc byte[WordSlots.WordBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word.Value);
        return device.Write(address, bytes);
    }
}
