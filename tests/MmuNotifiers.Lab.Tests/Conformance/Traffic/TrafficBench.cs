using System.Globalization;
using System.Text.Json;
using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Tests.Conformance.Traffic;

/// <summary>Plays an experiment on the kernel, with a machine of KVM to listen through, and here, and collects what both say.</summary>
internal sealed class TrafficBench(KernelJudge judge, string traceInstance)
{
    private const ulong PresentBit = 1UL << 63;
    private const ulong ExclusiveBit = 1UL << 56;
    private const ulong FrameMask = (1UL << 55) - 1;

    internal TrafficRow Run(TrafficExperiment experiment)
    {
        ConformanceOperation[] setup = [.. experiment.Setup.Select(Parse)];
        ConformanceOperation operation = Parse(experiment.Operation);
        ConformanceCase item = new()
        {
            Name = experiment.Name,
            Source = "traffic",
            WindowPages = TrafficExperiments.WindowPages,
            Objects = [new ConformanceObject(0, ByteAmount.OfPages(4))],
            Operations = [.. setup, operation],
        };
        (List<(long, long)> kernel, List<long> changed) = AskKernel(item, setup, operation);
        long origin = CaseGeometry.UsesHeap(item) ? (long)CaseGeometry.HeapInWindow(item).Bytes >> Page.Shift : 0;
        return new TrafficRow(
            experiment, From(origin, kernel), From(origin, PlayHere(item, setup, operation)), [.. changed.Select(page => page - origin)]);
    }

    /// <summary>Ranges counted from the heap's start where the case is about the heap.</summary>
    private static List<(long, long)> From(long origin, List<(long Start, long End)> ranges) =>
        [.. ranges.Select(range => (range.Start - origin, range.End - origin))];

    private (List<(long Start, long End)> Events, List<long> Changed) AskKernel(
        ConformanceCase item, ConformanceOperation[] setup, ConformanceOperation operation)
    {
        VirtualAddress window = CaseGeometry.WindowOf(item).Start;
        string place = CaseGeometry.UsesHeap(item) ? "@0" : string.Create(CultureInfo.InvariantCulture, $"{window.Value:x}");
        KernelOperation pages = new(0, string.Create(CultureInfo.InvariantCulture, $"pages {place} {TrafficExperiments.WindowPages:x}"));
        ConformanceCase asked = item with
        {
            Operations =
            [
                .. setup, pages, new LayoutOperation(0), new KernelOperation(0, $"watch {traceInstance}"), operation,
                new KernelOperation(0, $"traffic {traceInstance}"), pages, new LayoutOperation(0),
            ],
        };
        IReadOnlyList<Outcome> answers = judge.Judge(asked);
        int at = setup.Length;
        Assert.All(answers.Take(at).Append(answers[at + 2]), outcome => Assert.Null(outcome.Errno));
        ulong first = judge.WindowStart >> Page.Shift;
        List<(long, long)> events = [.. answers[at + 4].Layout!.Select(line => Range(line, first)).Where(range => IsTheCases(item, range))];
        return (events, Changed(answers[at].Layout!, answers[at + 5].Layout!, answers[at + 1].Layout!, answers[at + 6].Layout!, item));
    }

    /// <summary>Whether an event is about the window or the heap, not about the rest of the kernel's process.</summary>
    private static bool IsTheCases(ConformanceCase item, (long Start, long End) range)
    {
        long heap = (long)CaseGeometry.HeapInWindow(item).Bytes >> Page.Shift;
        return (range.End > 0 && range.Start < TrafficExperiments.WindowPages)
            || (CaseGeometry.UsesHeap(item) && range.End > heap && range.Start >= heap && range.Start < heap + (long)(CaseGeometry.HeapRoomBytes >> Page.Shift));
    }

    /// <summary>A page changed if it was present and is no more, is another one, or has other rights.</summary>
    private static List<long> Changed(
        IReadOnlyList<string> before, IReadOnlyList<string> after, IReadOnlyList<string> layoutBefore, IReadOnlyList<string> layoutAfter, ConformanceCase item)
    {
        long offset = CaseGeometry.UsesHeap(item) ? (long)CaseGeometry.HeapInWindow(item).Bytes >> Page.Shift : 0;
        List<long> changed = [];
        for (int page = 0; page < before.Count; page++)
        {
            ulong old = Hex(before[page]);
            ulong now = Hex(after[page]);
            const ulong Looked = PresentBit | ExclusiveBit | FrameMask;
            bool differs = (old & Looked) != (now & Looked) || RightsAt(layoutBefore, page) != RightsAt(layoutAfter, page);
            if ((old & PresentBit) != 0 && differs)
            {
                changed.Add(page + offset);
            }
        }

        return changed;
    }

    private static string? RightsAt(IReadOnlyList<string> layout, int page) => layout
        .Select(line => line.Split(':'))
        .Where(parts => Contains(parts[0].Split('+'), page))
        .Select(parts => parts[1])
        .FirstOrDefault();

    private static bool Contains(string[] range, int page)
    {
        int start = int.Parse(range[0], CultureInfo.InvariantCulture);
        return page >= start && page < start + int.Parse(range[1], CultureInfo.InvariantCulture);
    }

    private static List<(long, long)> PlayHere(ConformanceCase item, ConformanceOperation[] setup, ConformanceOperation operation)
    {
        using CaseWorld world = new(item, ConformanceDevices.OwnOperations);
        foreach (ConformanceOperation before in setup)
        {
            Assert.Null(world.Perform(before).Errno);
        }

        BracketRecorder recorder = new();
        using NotifierSubscription subscription = world.SpaceOf(0).Register(recorder);
        world.Perform(operation);
        long first = (long)(CaseGeometry.WindowOf(item).Start.Value >> Page.Shift);
        return [.. recorder.Ranges.Select(range => ((long)range.Start.PageNumber - first, (long)range.End.PageNumber - first))];
    }

    private static (long, long) Range(string line, ulong first)
    {
        ulong[] ends = [.. line.Split(' ').Select(Hex)];
        return ((long)((ends[0] >> Page.Shift) - first), (long)((ends[1] >> Page.Shift) - first));
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static ConformanceOperation Parse(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text.Replace("HEAP", HeapAddress, StringComparison.Ordinal));
        return OperationReader.Read(json.RootElement);
    }

    private static string HeapAddress => CaseGeometry.HeapInWindow(new ConformanceCase { Name = "", Source = "", WindowPages = TrafficExperiments.WindowPages }).ToString();
}
