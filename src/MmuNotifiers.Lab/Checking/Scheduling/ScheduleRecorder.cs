using System.Globalization;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>Writes down an execution with names and values. Used for the one execution that is shown, not while searching.</summary>
internal sealed class ScheduleRecorder(Execution execution)
{
    private const int LargestValueBytes = 8;

    private readonly Dictionary<object, int> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<nint, int> _words = [];
    private readonly Dictionary<string, int> _numbersInType = [];
    private readonly Dictionary<int, string> _names = [];
    private readonly List<RecordedStep> _steps = [];
    private readonly List<ScheduleNote> _notes = [];
    private RecordedStep? _open;
    private int _index = -1;

    /// <summary>The steps so far.</summary>
    internal IReadOnlyList<RecordedStep> Steps => _steps;

    /// <summary>What was said between them.</summary>
    internal IReadOnlyList<ScheduleNote> Notes => _notes;

    /// <summary>Adds a note behind the current step.</summary>
    internal void AddNote(int thread, object content) => _notes.Add(new ScheduleNote(_steps.Count, thread, content));

    /// <summary>A process is about to make a step; memory shows what it sees.</summary>
    internal void Performing(int thread, in Operation operation, LockState? onLock)
    {
        _index++;
        bool hasPlace = operation.IsMemory || operation.IsLock || operation.Kind == OperationKind.Buffer;
        int id = hasPlace ? Identify(operation.Owner, operation.Location) : 0;
        _open = new RecordedStep
        {
            Index = _index,
            Thread = thread,
            Kind = operation.Kind,
            Name = operation.Name,
            ObjectId = id,
            Object = id == 0 ? "" : Name(id, operation.Owner, operation.Location),
            Owner = operation.Owner,
            Location = operation.Location,
            SizeBytes = operation.SizeBytes,
            Before = onLock is null && hasPlace ? Value(in operation) : null,
            Succeeded = onLock is null || operation.Kind != OperationKind.TryAcquire || onLock.Holder is null,
        };
        _steps.Add(_open);
    }

    /// <summary>The step is done; memory shows what its process sees.</summary>
    internal void Performed()
    {
        if (_open is { Kind: OperationKind.Write or OperationKind.Buffer or OperationKind.Update or OperationKind.Count or OperationKind.Flush, Before: not null } step)
        {
            step.After = Value(new Operation(step.Kind, step.Owner, step.Location, step.SizeBytes, step.Name));
        }

        _open = null;
    }

    /// <summary>A fence that needs no turn of its own.</summary>
    internal void Fence(int thread, StepKind kind, string step) => _steps.Add(new RecordedStep
    {
        Index = Math.Max(_index, 0),
        Thread = thread,
        Kind = kind == StepKind.Fence ? OperationKind.Fence : OperationKind.BarrierEnd,
        Name = step,
        ObjectId = 0,
        Object = "",
        Owner = null,
        Location = 0,
        SizeBytes = 0,
    });

    private int Identify(object? owner, nint location)
    {
        int next = _objects.Count + _words.Count + 1;
        if (owner is null)
        {
            return _words.TryGetValue(location, out int word) ? word : _words[location] = next;
        }

        return _objects.TryGetValue(owner, out int known) ? known : _objects[owner] = next;
    }

    private string Name(int id, object? owner, nint location)
    {
        if (execution.Describe(owner, location) is { } described)
        {
            return described;
        }

        if (!_names.TryGetValue(id, out string? name))
        {
            string type = owner?.GetType().Name ?? "word";
            int number = _numbersInType[type] = _numbersInType.GetValueOrDefault(type) + 1;
            _names[id] = name = string.Create(CultureInfo.InvariantCulture, $"{type}#{number}");
        }

        return name;
    }

    private static string? Value(in Operation operation)
    {
        if (operation.SizeBytes > LargestValueBytes)
        {
            return null;
        }

        ref byte at = ref SharedLocation.At(operation.Owner, operation.Location);
        return operation.SizeBytes switch
        {
            0 => Unsafe.As<byte, object?>(ref at) is { } reference ? reference.GetType().Name : "null",
            1 => at.ToString(CultureInfo.InvariantCulture),
            2 => Unsafe.As<byte, ushort>(ref at).ToString(CultureInfo.InvariantCulture),
            4 => Unsafe.As<byte, int>(ref at).ToString(CultureInfo.InvariantCulture),
            8 => Format(Unsafe.As<byte, ulong>(ref at)),
            _ => null,
        };
    }

    private static string Format(ulong bits) =>
        bits < 0x10000 ? bits.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"0x{bits:x}");
}
