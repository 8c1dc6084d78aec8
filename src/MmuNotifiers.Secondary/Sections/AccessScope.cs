using System.Runtime.CompilerServices;

namespace MmuNotifiers.Secondary;

/// <summary>A section of accesses of one device thread, until it is disposed.</summary>
internal readonly ref struct AccessScope
{
    private readonly AccessGate _gate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal AccessScope(AccessGate gate) => _gate = gate;

    /// <summary>Ends the section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose() => _gate.Exit();
}
