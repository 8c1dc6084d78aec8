namespace MmuNotifiers.Swap;

/// <summary>A packed page in a <see cref="CompressedLog"/>, dead or alive.</summary>
/// <param name="Slot">Whose content it is or was.</param>
/// <param name="Place">Where its bytes are.</param>
/// <param name="Bytes">How many they are.</param>
internal readonly record struct LogRecord(long Slot, LogPlace Place, int Bytes);
