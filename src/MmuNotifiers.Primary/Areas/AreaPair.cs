namespace MmuNotifiers.Primary;

/// <summary>An area and what a child got of it at fork.</summary>
/// <param name="Parent">The area of the parent.</param>
/// <param name="Child">
/// The area of the child. It has the parent's family exactly if the two share private pages: if the families differ, no private
/// page may be copied, since the reverse mapping would not find it in the child.
/// </param>
internal readonly record struct AreaPair(Area Parent, Area Child);
