using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>How an operation ended.</summary>
/// <param name="Text">In a word or two: <c>Success</c>, <c>EINVAL</c>, <c>no child</c>.</param>
/// <param name="Succeeded">Whether it did what it was asked for.</param>
/// <param name="Value">What it read or wrote, if it did.</param>
internal readonly record struct OperationOutcome(string Text, bool Succeeded, ulong? Value = null)
{
    internal static OperationOutcome Done => new("done", true);

    internal static OperationOutcome Skipped(string reason) => new(reason, false);

    internal static OperationOutcome Of(Errno errno) => errno == Errno.None ? Done : new(errno.ToString(), false);

    internal static OperationOutcome Of(FaultResult result, ulong value) =>
        result == FaultResult.Success ? new("Success", true, value) : new(result.ToString(), false);
}
