using System.Globalization;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Says what a recorded step did: the object, and the value that it found or left.</summary>
internal sealed class StepText(IReadOnlyList<string> threads)
{
    /// <summary>What a pte's location is called; the page's address follows.</summary>
    internal const string PteName = "pte of ";

    /// <summary>What a frame's bytes are called; the number follows.</summary>
    internal const string FrameName = "frame ";

    /// <summary>What the words in front of the ptes of a page table are called.</summary>
    internal const string TableName = "page table";

    internal static string NameOf(FrameNumber frame) => frame == PhysicalMemory.ZeroFrame ? "the zero page" : FrameName + frame.Value;

    internal string Of(RecordedStep step) => step.Kind switch
    {
        OperationKind.Read => $"read {Target(step)}{Found(step.Before, step)}",
        OperationKind.Write => Store("write", step),
        OperationKind.Buffer => $"{Store("write", step)}, in its store buffer",
        OperationKind.Flush => $"its store to {Target(step)} becomes visible{Left(step)}",
        OperationKind.Update or OperationKind.Count => $"update {Target(step)}{Changed(step)}",
        OperationKind.Fence => "fence",
        OperationKind.BarrierBegin => "process-wide barrier begins",
        OperationKind.BarrierEnd => "process-wide barrier",
        OperationKind.Acquire => $"lock {LockName(step)}",
        OperationKind.TryAcquire => $"try to lock {LockName(step)}: {(step.Succeeded ? "taken" : "busy")}",
        OperationKind.Release => $"unlock {LockName(step)}",
        OperationKind.Wait => $"wait on {LockName(step)}",
        OperationKind.Reacquire => $"woken, lock {LockName(step)}",
        OperationKind.Wake => $"wake all on {LockName(step)}",
        OperationKind.Yield => $"wait a little in {step.Name}",
        _ => step.Kind.ToString(),
    };

    private string Store(string verb, RecordedStep step) => step.Name switch
    {
        "poison frame" => $"{step.Object} is freed: poison",
        "zero frame" => $"{step.Object} is filled with zeroes",
        "translation of frame" => $"a translation to {step.Object} is about to go",
        _ => $"{verb} {Target(step)}{Left(step)}",
    };

    private static string Target(RecordedStep step) => step switch
    {
        _ when step.Object.EndsWith(TableName, StringComparison.Ordinal) => $"{step.Object}'s {step.Name}",
        _ when step.Owner is not null => $"{step.Object}.{Field(step.Name)}",
        _ => step.Object.StartsWith("word", StringComparison.Ordinal) ? $"{Field(step.Name)} ({step.Object})" : step.Object,
    };

    private static string LockName(RecordedStep step)
    {
        string place = step.Owner is null || step.Object.StartsWith("Shared", StringComparison.Ordinal) ? $" in {step.Name}" : "";
        return $"{step.Object}{place}";
    }

    /// <summary>A step is named by the expression that it accesses, unless it was given a name.</summary>
    private static string Field(string name)
    {
        int start = name.LastIndexOfAny([' ', '.']) + 1;
        bool isExpression = name.StartsWith("in ", StringComparison.Ordinal) || name.StartsWith("ref ", StringComparison.Ordinal);
        return isExpression ? name[start..].TrimStart('_') : name.TrimStart('_');
    }

    private string Found(string? value, RecordedStep step) => value is null ? "" : $": {Value(value, step)}";

    private string Left(RecordedStep step) => step.After is null ? "" : $" = {Value(step.After, step)}";

    private string Changed(RecordedStep step) =>
        step.After is null ? "" : step.After == step.Before ? $": {Value(step.After, step)}" : $": {Value(step.Before!, step)} to {Value(step.After, step)}";

    private string Value(string value, RecordedStep step)
    {
        bool isPte = step.Object.StartsWith(PteName, StringComparison.Ordinal);
        bool isFrame = step.Object.StartsWith(FrameName, StringComparison.Ordinal) || step.Object == "the zero page";
        if (!(isPte || isFrame) || !TryParse(value, out ulong bits))
        {
            return value;
        }

        return isPte ? new Pte(bits).ToString() : PageWord.ToText(bits, threads);
    }

    private static bool TryParse(string value, out ulong bits) => value.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.TryParse(value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out bits)
        : ulong.TryParse(value, CultureInfo.InvariantCulture, out bits);
}
