namespace MmuNotifiers.Lab.Reports;

/// <summary>Where a replay ended because it could not go on.</summary>
/// <param name="Event">The event that could not be performed, from 0.</param>
/// <param name="Events">How many the recording has.</param>
/// <param name="ProcessId">The process that it belongs to.</param>
/// <param name="RecordedSeconds">When it was recorded.</param>
/// <param name="Reason">Who needed memory where, and why there was none, or which page the store did not give back; one line.</param>
public sealed record ReplayEnd(long Event, long Events, int ProcessId, double RecordedSeconds, string Reason);
