using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>The 64 slots of a node, inside the node.</summary>
[InlineArray(IntervalNode.SlotCount)]
internal struct IntervalSlots
{
    private IntervalSlot _first;
}
