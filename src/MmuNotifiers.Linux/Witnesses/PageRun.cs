namespace MmuNotifiers.Linux.Witnesses;

/// <summary>Neighbouring pages of which the kernel says the same.</summary>
/// <param name="Range">The pages.</param>
/// <param name="Categories">Those of the categories that were asked for which hold.</param>
public readonly record struct PageRun(AddressRange Range, PageCategories Categories);
