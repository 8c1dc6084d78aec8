using System.Numerics;

namespace MmuNotifiers.Lab.Checking;

/// <summary>The short names of invariants, I1 to I11, as reports print them.</summary>
public static class InvariantNames
{
    private static readonly string[] Words =
    [
        "use after free", "install inside a bracket", "stale install", "permission", "coherence", "pairing", "coverage", "lifetime", "context",
        "dirty or accessed lost", "liveness",
    ];

    /// <summary>The short names: <c>I1, I2</c>; empty for none.</summary>
    public static string ToShortText(this Invariants invariants) => string.Join(", ", Numbers(invariants).Select(number => $"I{number}"));

    /// <summary>What each of them forbids, in a few words.</summary>
    public static string ToLongText(this Invariants invariants) =>
        string.Join("; ", Numbers(invariants).Select(number => $"I{number} {Words[number - 1]}"));

    /// <summary>Reads a short name.</summary>
    /// <param name="text"><c>I1</c> to <c>I11</c>, in either case.</param>
    /// <param name="invariant">The invariant.</param>
    /// <returns>False if there is none of that name.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Invariants invariant)
    {
        bool found = text.Length is 2 or 3 && text[0] is 'I' or 'i';
        invariant = found && int.TryParse(text[1..], out int number) && number >= 1 && number <= Words.Length
            ? (Invariants)(1 << (number - 1))
            : Invariants.None;
        return invariant != Invariants.None;
    }

    private static IEnumerable<int> Numbers(Invariants invariants)
    {
        for (uint left = (uint)invariants; left != 0; left &= left - 1)
        {
            yield return BitOperations.TrailingZeroCount(left) + 1;
        }
    }
}
