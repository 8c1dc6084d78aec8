using System.Buffers.Binary;
using System.Numerics;

namespace MmuNotifiers.Primary;

/// <summary>CRC-32C (Castagnoli): an instruction on x86-64 and arm64, and what file systems and networks protect blocks of this size with.</summary>
internal static class PageChecksum
{
    /// <summary>The checksum of a page of zeroes.</summary>
    internal static uint OfZeroes { get; } = Of(new byte[Page.SizeBytes]);

    /// <summary>The checksum of bytes.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte rest in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, rest);
        }

        return ~checksum;
    }
}
