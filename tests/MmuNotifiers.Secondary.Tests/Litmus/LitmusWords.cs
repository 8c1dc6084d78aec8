using System.Runtime.InteropServices;

namespace MmuNotifiers.Secondary.Tests;

/// <summary>The accesses of one litmus step, the same for every device.</summary>
internal static class LitmusWords
{
    internal static int Step(Span<byte> page, int word)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        int poisoned = 0;
        for (int i = 0; i < words.Length; i += 2)
        {
            poisoned += Volatile.Read(ref words[i]) == FakePrimary.PoisonWord ? 1 : 0;
        }

        Volatile.Write(ref words[word], Volatile.Read(ref words[word]) + 1);
        return poisoned;
    }
}
