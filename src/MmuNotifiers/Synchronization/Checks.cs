namespace MmuNotifiers.Synchronization;

/// <summary>Whether the checks that cost something are made: in debug builds, and under a race checker.</summary>
internal static class Checks
{
    /// <summary>A constant for the JIT: where it is false the checks leave no code behind.</summary>
    internal static readonly bool AreOn = IsDebugBuild || Shared.Controlled;

#if DEBUG
    private const bool IsDebugBuild = true;
#else
    private const bool IsDebugBuild = false;
#endif
}
