namespace MmuNotifiers.Swap;

/// <summary>How far a <see cref="IPageFile"/> came.</summary>
/// <param name="Pages">How many buffers were transferred whole, from the first.</param>
/// <param name="Error">Why it ended before the last.</param>
/// <param name="Reason">The system's own words, where it has any.</param>
internal readonly record struct PageFileResult(int Pages, PageFileError Error, string? Reason);
