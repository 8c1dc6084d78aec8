using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>
/// An open bracket: translations of its range may change until it is disposed, on the thread that opened it. Brackets of one
/// thread end in the reverse order of their starts. The default value is a bracket that was not opened.
/// </summary>
public ref struct InvalidationScope
{
    private readonly OpenBracket _bracket;

    /// <summary>The mark of the bracket; null when it is not open.</summary>
    private GraceSlot? _slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal InvalidationScope(GraceSlot slot, OpenBracket bracket)
    {
        _slot = slot;
        _bracket = bracket;
    }

    /// <summary>Ends the bracket: every subscriber whose start returned true is told. Disposing again does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        GraceSlot? slot = _slot;
        if (slot is null)
        {
            return;
        }

        _slot = null;
        _bracket.End(slot);
    }
}
