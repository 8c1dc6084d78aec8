namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>One step of a recorded execution, with names and values for a reader.</summary>
internal sealed record RecordedStep
{
    /// <summary>Its number in the schedule, from 0; a fence that needed no turn of its own has that of the step before it.</summary>
    internal required int Index { get; init; }

    /// <summary>The thread; of a flush, the one whose store becomes visible.</summary>
    internal required int Thread { get; init; }

    /// <summary>What it did.</summary>
    internal required OperationKind Kind { get; init; }

    /// <summary>The name of the step in the source.</summary>
    internal required string Name { get; init; }

    /// <summary>The number of the object or native word, from 1 in the order in which they were met; 0 if there is none.</summary>
    internal required int ObjectId { get; init; }

    /// <summary>What it touched: a type and its number, or what the execution calls it; empty if there is nothing.</summary>
    internal required string Object { get; init; }

    /// <summary>The object itself, or null for native memory.</summary>
    internal required object? Owner { get; init; }

    /// <summary>The offset in the object in bytes, or the address in native memory, which differs from run to run.</summary>
    internal required nint Location { get; init; }

    /// <summary>How many bytes were touched; 0 for a reference or a lock.</summary>
    internal required int SizeBytes { get; init; }

    /// <summary>The value that the thread found, if it is one of at most eight bytes or a reference.</summary>
    internal string? Before { get; init; }

    /// <summary>The value that it left, if it stored one.</summary>
    internal string? After { get; set; }

    /// <summary>Of a lock that was tried: whether it was free.</summary>
    internal bool Succeeded { get; set; } = true;
}
