using System.Runtime.InteropServices;

namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>
/// What a program stores to all of a page but its <see cref="WordSlots"/>: the same <see cref="Word"/> over and over, mixed with the number of
/// the 64-byte line that it lies in. So each line tells whose it is and where it belongs, and a page compresses about as well as real ones do.
/// </summary>
internal static class PageImage
{
    private const int LineBytes = 64;

    /// <summary>Makes the bytes from <see cref="WordSlots.BodyOffset"/> to the page's end.</summary>
    public static void FillBody(Word word, Span<byte> body)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(body);
        int wordsInLine = LineBytes / sizeof(ulong);
        for (int line = 0; line < words.Length / wordsInLine; line++)
        {
            words.Slice(line * wordsInLine, wordsInLine).Fill(Stored(word, WordSlots.BodyOffset + (line * LineBytes)).Value);
        }
    }

    /// <summary>The word that is stored at an offset of the body for a word, and the other way round.</summary>
    public static Word Stored(Word word, int offset) =>
        offset < WordSlots.BodyOffset ? word : new Word(word.Value ^ ((ulong)offset / LineBytes));

    /// <summary>Where two pages differ first: an offset that is a multiple of eight, or -1.</summary>
    public static int FindDifference(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        int same = one.CommonPrefixLength(other);
        return same == one.Length ? -1 : same & -sizeof(ulong);
    }
}
