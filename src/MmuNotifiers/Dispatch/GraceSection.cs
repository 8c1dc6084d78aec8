using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>An open read-side section of a <see cref="GracePeriod"/>; ends when disposed, on the thread that opened it.</summary>
internal ref struct GraceSection
{
    private GraceSlot? _slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal GraceSection(GraceSlot slot) => _slot = slot;

    /// <summary>Ends the section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        _slot?.Exit();
        _slot = null;
    }
}
