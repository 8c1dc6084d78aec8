using System.Runtime.InteropServices;

namespace MmuNotifiers.Swap.Tests;

/// <summary>Contents of pages that can be told apart: each is a function of a slot and a version, so that a page of another slot or time is noticed.</summary>
internal static class TestPages
{
    /// <summary>The content of a slot's version: of four, one is filled with a word, one does not compress, two do.</summary>
    internal static void Fill(Span<byte> page, long slot, int version)
    {
        ulong state = Mix(((ulong)slot << 32) | (uint)version);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        switch (state >> 1 & 3)
        {
            case 0:
                words.Fill(state);
                break;
            case 1:
                Randomize(words, state);
                break;
            default:
                words.Fill(state);
                Randomize(words[..(64 + (int)(state >> 8 & 127))], state);
                break;
        }
    }

    /// <summary>A page with the content of a slot's version.</summary>
    internal static byte[] Of(long slot, int version)
    {
        byte[] page = new byte[Page.SizeBytes];
        Fill(page, slot, version);
        return page;
    }

    /// <summary>A page that packs to about a quarter.</summary>
    internal static byte[] Packable(long slot, int version = 0)
    {
        byte[] page = new byte[Page.SizeBytes];
        Randomize(MemoryMarshal.Cast<byte, ulong>(page.AsSpan())[..128], Mix(((ulong)slot << 32) | (uint)version));
        return page;
    }

    /// <summary>A page that does not pack.</summary>
    internal static byte[] Random(long slot, int version = 0)
    {
        byte[] page = new byte[Page.SizeBytes];
        Randomize(MemoryMarshal.Cast<byte, ulong>(page.AsSpan()), Mix(((ulong)slot << 32) | (uint)version));
        return page;
    }

    private static void Randomize(Span<ulong> words, ulong state)
    {
        foreach (ref ulong word in words)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word = state;
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
        return (value ^ (value >> 33)) | 1;
    }
}
