namespace MmuNotifiers.Lab.Reports;

/// <summary>
/// What the replay cost. Times are of the primary's operations alone, without the reading of the trace and without the checks.
/// </summary>
/// <param name="OperationNanoseconds">Time in operations of the primary, notifiers included.</param>
/// <param name="NotifierNanoseconds">The part of it spent in the secondaries' callbacks.</param>
/// <param name="NsPerOperation">Nanoseconds for each operation of the program, notifiers included.</param>
/// <param name="NsPerOperationWithoutNotifiers">The same without the time in callbacks.</param>
/// <param name="NotifierSharePercent">The callbacks' part of the time.</param>
/// <param name="ElapsedMilliseconds">The whole replay, with devices and checks.</param>
/// <param name="RecordedMilliseconds">How long the recorded program ran.</param>
/// <param name="BareNsPerOperation">Nanoseconds for each operation in a replay with nothing attached; null unless it was asked for.</param>
public sealed record ReplayCost(
    long OperationNanoseconds,
    long NotifierNanoseconds,
    double NsPerOperation,
    double NsPerOperationWithoutNotifiers,
    double NotifierSharePercent,
    double ElapsedMilliseconds,
    double RecordedMilliseconds,
    double? BareNsPerOperation);
