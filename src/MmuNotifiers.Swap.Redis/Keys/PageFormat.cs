using System.Buffers.Binary;
using System.IO.Hashing;

namespace MmuNotifiers.Swap.Redis.Keys;

/// <summary>
/// A page as it lies on the server: 16 bytes of header, then its 4096 bytes. The header holds the page's XxHash3, seeded with the
/// <see cref="PageIdentity"/>, then the generation of the write and the format's mark, all little-endian.
/// </summary>
/// <remarks>
/// The seed binds a value to its owner, slot and write: a value that lies under another page's key, and a value of an earlier write that a failover
/// brought back, fail to verify though their bytes are unharmed.
/// </remarks>
internal static class PageFormat
{
    public const int PageBytes = 4096;

    public const int HeaderBytes = 16;

    public const int ValueBytes = HeaderBytes + PageBytes;

    private const int GenerationAt = 8;
    private const int MarkAt = 12;

    /// <summary>"MMP1".</summary>
    private const uint Mark = 0x31504D4D;

    /// <summary>Writes the value of a page.</summary>
    /// <param name="page">The page's bytes.</param>
    /// <param name="identity">What the value is bound to.</param>
    /// <param name="value">Where it goes: <see cref="ValueBytes"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> page, in PageIdentity identity, Span<byte> value)
    {
        page.CopyTo(value[HeaderBytes..]);
        BinaryPrimitives.WriteUInt64LittleEndian(value, Checksum(value[HeaderBytes..], identity));
        BinaryPrimitives.WriteUInt32LittleEndian(value[GenerationAt..], identity.Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(value[MarkAt..], Mark);
    }

    /// <summary>Copies the page out of a value, if it is the one that was written.</summary>
    /// <param name="value">What the server answered.</param>
    /// <param name="identity">What the value must be bound to.</param>
    /// <param name="page">Where the page goes; undefined when the value does not verify.</param>
    /// <returns>What is wrong with the value, in a few words; null when nothing is.</returns>
    public static string? Read(ReadOnlySpan<byte> value, in PageIdentity identity, Span<byte> page)
    {
        if (value.Length != ValueBytes)
        {
            return $"the value has {value.Length} bytes instead of {ValueBytes}";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(value[MarkAt..]) != Mark)
        {
            return "the value is no page of this format";
        }

        uint generation = BinaryPrimitives.ReadUInt32LittleEndian(value[GenerationAt..]);
        if (generation != identity.Generation)
        {
            return $"the value is of write {generation} instead of {identity.Generation}";
        }

        // Copied first: what is verified is what the caller gets.
        value[HeaderBytes..].CopyTo(page);
        return BinaryPrimitives.ReadUInt64LittleEndian(value) == Checksum(page, identity) ? null : "the checksum does not fit";
    }

    private static ulong Checksum(ReadOnlySpan<byte> page, in PageIdentity identity) => XxHash3.HashToUInt64(page, identity.Seed());
}
