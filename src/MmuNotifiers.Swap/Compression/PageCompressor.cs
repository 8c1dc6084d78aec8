using System.Runtime.InteropServices;
using K4os.Compression.LZ4;

namespace MmuNotifiers.Swap;

/// <summary>Makes pages smaller, and whole again.</summary>
internal static class PageCompressor
{
    /// <summary>A page that does not become at most this small is not worth the time to unpack it: three quarters.</summary>
    internal const int MostBytes = Page.SizeBytes * 3 / 4;

    /// <summary>Whether a page is one word over and over, zero for the most part.</summary>
    internal static bool IsFilled(ReadOnlySpan<byte> page, out ulong word)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        word = words[0];
        return !words.ContainsAnyExcept(word);
    }

    /// <summary>Makes a page one word over and over.</summary>
    internal static void Fill(Span<byte> page, ulong word) => MemoryMarshal.Cast<byte, ulong>(page).Fill(word);

    /// <summary>Packs a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="packed">Room for <see cref="MostBytes"/>.</param>
    /// <param name="bytes">How many it took.</param>
    /// <returns>Whether it became small enough.</returns>
    internal static bool TryPack(ReadOnlySpan<byte> page, Span<byte> packed, out int bytes)
    {
        bytes = LZ4Codec.Encode(page, packed[..MostBytes], LZ4Level.L00_FAST);
        return bytes > 0;
    }

    /// <summary>Unpacks a page; tells whether it became a page.</summary>
    internal static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> page)
    {
        if (packed.Length == Page.SizeBytes)
        {
            packed.CopyTo(page);
            return true;
        }

        return LZ4Codec.Decode(packed, page) == Page.SizeBytes;
    }
}
