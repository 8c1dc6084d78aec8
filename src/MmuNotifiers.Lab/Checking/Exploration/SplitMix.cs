namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>The generator SplitMix64 (Steele, Lea, Flood 2014): one word of state, the same sequence on every platform.</summary>
internal static class SplitMix
{
    /// <summary>How far the state moves with each number.</summary>
    internal const ulong Increment = 0x9e3779b97f4a7c15;

    /// <summary>The next number.</summary>
    internal static ulong Next(ref ulong state) => Mix(state += Increment);

    /// <summary>Scrambles a state.</summary>
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
