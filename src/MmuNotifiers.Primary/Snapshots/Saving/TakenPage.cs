namespace MmuNotifiers.Primary;

/// <summary>A page that was taken out of the copy which is being saved.</summary>
/// <param name="Page">Its number.</param>
/// <param name="Pte">
/// What its entry was. A frame comes with the reference of the mapping that it was, a swap entry with the entry's; both are the taker's to drop.
/// </param>
/// <param name="IsMerged">Whether other pages share the frame because they are equal.</param>
internal readonly record struct TakenPage(ulong Page, Pte Pte, bool IsMerged);
