using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>What an <see cref="IntervalNode"/> knows about one of its 64 equal parts.</summary>
/// <param name="Child">Finer parts, or null.</param>
/// <param name="Entries">The intervals that overlap the part and are not in <paramref name="Child"/>, or null. Never changed.</param>
internal readonly record struct IntervalSlot(IntervalNode? Child, IntervalEntry[]? Entries)
{
    internal bool IsEmpty => Child is null && Entries is null;

    /// <summary>What a list of entries takes on the heap, in bytes.</summary>
    internal static long MeasureBytes(IntervalEntry[]? entries) =>
        entries is null or { Length: 0 } ? 0 : (3 * nint.Size) + ((long)entries.Length * Unsafe.SizeOf<IntervalEntry>());
}
