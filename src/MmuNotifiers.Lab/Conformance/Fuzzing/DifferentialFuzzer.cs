using System.Diagnostics;
using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>
/// Plays made-up cases here and on a running kernel, which is right by definition, and compares every outcome: results, errno,
/// kind and address of faults, bytes; in the end each process' layout, every byte of every page, and every object. Both sides
/// have secondary MMUs: here all of the project's kinds, repeating each access of the CPU; there a guest of the kernel's own.
/// </summary>
public sealed class DifferentialFuzzer
{
    private readonly CaseComparison _comparison;
    private readonly FuzzOptions _options;

    /// <summary>Makes a fuzzer.</summary>
    /// <param name="questions">Where the kernel is asked; the form stands in Oracle/Native/oracle.h.</param>
    /// <param name="answers">Where it answers.</param>
    /// <param name="options">How long, and with what.</param>
    public DifferentialFuzzer(TextWriter questions, TextReader answers, FuzzOptions options)
        : this(questions, answers, options, item => new CaseWorld(item, ConformanceDevices.EveryAccess, InvariantChecks.AtTheEnd))
    {
    }

    /// <summary>A fuzzer of another world than the primary.</summary>
    internal DifferentialFuzzer(TextWriter questions, TextReader answers, FuzzOptions options, Func<ConformanceCase, ICaseWorld> subject)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _comparison = new CaseComparison(new KernelJudge(questions, answers, options.Devices), subject);
    }

    /// <summary>Fuzzes until time, operations or mismatches are used up.</summary>
    /// <exception cref="EndOfStreamException">The kernel's side ended.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FuzzReport Run(IProgress<FuzzProgress>? progress = null, CancellationToken cancelled = default)
    {
        List<FuzzMismatch> mismatches = [];
        long start = Stopwatch.GetTimestamp();
        long cases = 0;
        long operations = 0;
        long comparisons = 0;
        long deviceAccesses = 0;
        while (operations < _options.MaxOperations && Stopwatch.GetElapsedTime(start) < _options.Duration && mismatches.Count < _options.MaxMismatches)
        {
            cancelled.ThrowIfCancellationRequested();
            int seed = unchecked(_options.Seed + (int)cases);
            ConformanceCase item = CaseMaker.Make(seed, _options.Devices, out int made);
            if (_comparison.Compare(item) is { } difference)
            {
                mismatches.Add(new CaseShrinker(_comparison, item).Shrink(seed, difference));
            }

            cases++;
            operations += made;
            comparisons += item.Operations.Count;
            deviceAccesses += item.Operations.Count(operation => operation is DeviceReadByteOperation or DeviceWriteByteOperation);
            progress?.Report(new FuzzProgress(Done(operations, Stopwatch.GetElapsedTime(start)), operations, mismatches.Count));
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new FuzzReport(
            _options.Seed, cases, operations, comparisons, deviceAccesses, seconds, operations / seconds, _options.Devices, mismatches);
    }

    private double Done(long operations, TimeSpan elapsed) =>
        Math.Min(1, Math.Max((double)operations / _options.MaxOperations, elapsed / _options.Duration));
}
