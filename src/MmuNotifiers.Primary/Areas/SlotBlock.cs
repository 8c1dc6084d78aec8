using System.Runtime.CompilerServices;

namespace MmuNotifiers.Primary;

/// <summary>What the keys of a node of the <see cref="AreaTree"/> lead to: areas in a leaf, nodes above.</summary>
[InlineArray(KeyBlock.Length)]
internal struct SlotBlock
{
    private object? _first;
}
