namespace MmuNotifiers.Linux.Recording;

/// <summary>How a recording ended.</summary>
/// <param name="Recording">The recording, or null if none was made.</param>
/// <param name="Failure">Why none was made; null if one was.</param>
public sealed record RecordingResult(PerfRecording? Recording, string? Failure);
