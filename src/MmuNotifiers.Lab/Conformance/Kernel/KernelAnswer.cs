using System.Globalization;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance.Kernel;

/// <summary>Reads the answers of a running kernel to one case as outcomes.</summary>
internal sealed class KernelAnswer
{
    private const int BusSignal = 7;
    private const int MapErrorCode = 1;

    private readonly TextReader _answers;
    private readonly ulong _windowBytes;
    private readonly ulong _windowStart;
    private readonly ulong _heapStart;

    /// <summary>
    /// Whether residency tells nothing any more: tmpfs leaves an empty page in its cache where a write fails to copy, and gives
    /// up pages that nobody has written to at MADV_PAGEOUT.
    /// </summary>
    private bool _residencyIsOpen;

    private KernelAnswer(TextReader answers, ConformanceCase conformanceCase)
    {
        _answers = answers;
        _windowBytes = conformanceCase.WindowPages << Page.Shift;
        string[] head = ReadLine().Split(' ');
        _windowStart = Hex(head[1]);
        _heapStart = Hex(head[2]);
    }

    /// <summary>One outcome for each operation of the case.</summary>
    internal static IReadOnlyList<Outcome> Read(TextReader answers, ConformanceCase conformanceCase, out ulong windowStart)
    {
        KernelAnswer answer = new(answers, conformanceCase);
        windowStart = answer._windowStart;
        Outcome[] outcomes = [.. conformanceCase.Operations.Select(answer.Next)];
        string end = answer.ReadLine();
        return end == "end" ? outcomes : throw Unexpected(end);
    }

    private Outcome Next(ConformanceOperation operation)
    {
        Outcome outcome = Parse(operation);
        _residencyIsOpen |= operation is AdviseOperation { Advice: LinuxAdvice.PageOut }
            || (operation is ObjectWriteOperation write && outcome.Ret != write.Length.Bytes);
        return outcome;
    }

    private Outcome Parse(ConformanceOperation operation)
    {
        string line = ReadLine();
        string[] parts = line.Split(' ');
        return parts[0] switch
        {
            "ret" => Returned(operation, Hex(parts[1])),
            "errno" => new Outcome { Errno = ErrnoName(parts[1]) },
            "fault" => Fault(parts),
            "value" => Value(operation, parts[1]),
            "resident" => Outcome.Done with { Resident = _residencyIsOpen ? null : parts[1] },
            "lines" when operation is KernelOperation => new Outcome { Layout = [.. Enumerable.Range(0, Decimal(parts[1])).Select(_ => ReadLine())] },
            "lines" => Layout(operation, Decimal(parts[1])),
            "both" => Both(operation, line["both ".Length..].Split(" | ")),
            "gone" => new Outcome { Disagreement = string.Create(CultureInfo.InvariantCulture, $"there is no process {operation.Process}") },
            _ => throw Unexpected(line),
        };
    }

    private Outcome Returned(ConformanceOperation operation, ulong result) => operation switch
    {
        MapOperation or RemapOperation => Outcome.At(unchecked(result - _windowStart)),
        BreakOperation => Outcome.At(result),
        _ => Outcome.Returned(result),
    };

    private static Outcome Value(ConformanceOperation operation, string value) =>
        new() { Ret = operation is ReadByteOperation ? 0UL : 1, Value = (byte)Decimal(value) };

    private Outcome Fault(string[] parts)
    {
        string kind = Decimal(parts[1]) == BusSignal ? "SIGBUS" : Decimal(parts[2]) == MapErrorCode ? "SEGV_MAPERR" : "SEGV_ACCERR";
        return new Outcome { Fault = kind, FaultAt = new ByteAmount(unchecked(Hex(parts[3]) - _windowStart)) };
    }

    /// <summary>
    /// A device's access by get_user_pages and by a guest. They part where a mapping may be written and not read: the guest can
    /// load from a page that is mapped already, where get_user_pages misses the right to read.
    /// </summary>
    private static Outcome Both(ConformanceOperation operation, string[] answers)
    {
        Outcome[] outcomes = [.. answers.Select(text => DeviceOutcome(operation, text.Split(' ')))];
        bool mayNotRead = operation is DeviceReadByteOperation && outcomes[0].Errno is nameof(Errno.EFAULT);
        return outcomes[0] == outcomes[1] || mayNotRead
            ? outcomes[0]
            : new Outcome { Disagreement = $"the kernel's own access ended in {outcomes[0]}, the guest's in {outcomes[1]}" };
    }

    private static Outcome DeviceOutcome(ConformanceOperation operation, string[] parts) => parts[0] switch
    {
        "ret" => Outcome.Returned(Hex(parts[1])),
        "value" => Value(operation, parts[1]),
        _ => new Outcome { Errno = ErrnoName(parts[1]) },
    };

    private Outcome Layout(ConformanceOperation operation, int count)
    {
        bool isHeap = operation is LayoutOperation { Place: LayoutPlace.Heap };
        ulong start = isHeap ? _heapStart : _windowStart;
        ulong end = start + (isHeap ? CaseGeometry.HeapRoomBytes : _windowBytes);
        List<string> lines = [];
        for (int i = 0; i < count; i++)
        {
            lines.Add(LayoutLine(ReadLine(), start, end));
        }

        return new Outcome { Layout = lines };
    }

    /// <summary>A line of /proc/self/maps, as far as it lies within: fillers reach in where they merged with the case's own.</summary>
    private static string LayoutLine(string line, ulong from, ulong to)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] range = parts[0].Split('-');
        ulong start = Math.Max(Hex(range[0]), from);
        ulong end = Math.Min(Hex(range[1]), to);
        string path = parts.Length > 5 ? parts[5] : string.Empty;
        string name = path.StartsWith("/memfd:", StringComparison.Ordinal) ? path["/memfd:".Length..]
            : path.StartsWith("/dev/zero", StringComparison.Ordinal) ? "shm" : "-";
        ulong offset = name == "-" ? 0 : Hex(parts[2]) + (start - Hex(range[0]));
        AccessRights rights = (parts[1][0] == 'r' ? AccessRights.Read : 0) | (parts[1][1] == 'w' ? AccessRights.Write : 0)
            | (parts[1][2] == 'x' ? AccessRights.Execute : 0);
        return LayoutText.Of((start - from) >> Page.Shift, (end - start) >> Page.Shift, rights, parts[1][3] == 's', name, offset >> Page.Shift);
    }

    private static string ErrnoName(string number) => ((Errno)Decimal(number)).ToString();

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Decimal(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private string ReadLine() => _answers.ReadLine() ?? throw new EndOfStreamException("The oracle ended; standard error says why.");

    private static InvalidDataException Unexpected(string line) => new($"The oracle answered \"{line}\".");
}
