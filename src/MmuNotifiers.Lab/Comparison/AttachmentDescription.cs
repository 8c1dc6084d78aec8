namespace MmuNotifiers.Lab.Comparison;

/// <summary>An attachment in words.</summary>
/// <param name="Name">Its name in rows and on the command line.</param>
/// <param name="Description">What it is, in a sentence.</param>
/// <param name="Historical">Whether it is kept to show how it fails.</param>
/// <param name="SafeForm">The name of the form without the flaw; null unless it is historical.</param>
public sealed record AttachmentDescription(string Name, string Description, bool Historical, string? SafeForm);
