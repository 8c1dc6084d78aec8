namespace MmuNotifiers.Primary;

/// <summary>Whose page a frame is, or null. A struct, so that a store to an array of them needs no check of the element's type.</summary>
internal struct OwnerSlot
{
    internal object? Owner;
}
