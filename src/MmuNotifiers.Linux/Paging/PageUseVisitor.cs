namespace MmuNotifiers.Linux;

/// <summary>Is told of pages that were used.</summary>
internal delegate void PageUseVisitor(AddressRange pages);
