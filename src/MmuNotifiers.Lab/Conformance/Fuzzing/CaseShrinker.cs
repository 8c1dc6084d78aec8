using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Makes a case that shows a difference small: leaves out runs of operations, longer ones first, as long as a difference stays.</summary>
internal sealed class CaseShrinker
{
    private const int MaxPlays = 3000;
    private const int MaxObjectBytes = 12 * Page.SizeBytes;

    private readonly CaseComparison _comparison;
    private readonly ConformanceCase _item;
    private int _plays;

    /// <param name="comparison">What shows the difference.</param>
    /// <param name="item">The case that shows it.</param>
    internal CaseShrinker(CaseComparison comparison, ConformanceCase item)
    {
        _comparison = comparison;
        _item = item;
    }

    /// <summary>The smallest case found, with the judge's outcomes as expectations.</summary>
    internal FuzzMismatch Shrink(int seed, CaseDifference first)
    {
        List<ConformanceOperation> operations = Refine([.. _item.Operations.Take(first.Index + 1)]);
        for (int run = operations.Count / 2; run > 0; run = run == 1 || _plays > MaxPlays ? 0 : run / 2)
        {
            while (TryLeaveOut(ref operations, run) && _plays <= MaxPlays)
            {
            }
        }

        return Describe(operations, seed, first);
    }

    /// <summary>Sums have no form in files: the last one becomes the byte that differs, the others loads with the same effect.</summary>
    private List<ConformanceOperation> Refine(List<ConformanceOperation> operations)
    {
        List<ConformanceOperation> before = [.. operations.Take(operations.Count - 1).Select(WithoutSum)];
        IEnumerable<ConformanceOperation> bytes = operations[^1] switch
        {
            SumPageOperation sum => Enumerable.Range(0, Page.SizeBytes).Select(
                at => new ReadByteOperation(sum.Process, new ByteAmount(sum.Address.Bytes + (ulong)at))),
            SumObjectOperation sum => Enumerable.Range(0, MaxObjectBytes).Select(
                at => new ObjectReadByteOperation(sum.Process, sum.Object, new ByteAmount((ulong)at))),
            _ => [operations[^1]],
        };
        ConformanceOperation[] all = [.. bytes];
        CaseDifference? difference = Differs([.. before, .. all]);
        return difference is null ? [.. before, WithoutSum(operations[^1])]
            : difference.Index < before.Count ? before[..(difference.Index + 1)]
            : [.. before, all[difference.Index - before.Count]];
    }

    private static ConformanceOperation WithoutSum(ConformanceOperation operation) => operation switch
    {
        SumPageOperation sum => new ReadByteOperation(sum.Process, sum.Address),
        SumObjectOperation sum => new ObjectReadByteOperation(sum.Process, sum.Object, default),
        _ => operation,
    };

    private bool TryLeaveOut(ref List<ConformanceOperation> operations, int run)
    {
        bool shrunk = false;
        for (int at = operations.Count - 1 - run; at >= 0; at -= run)
        {
            List<ConformanceOperation> candidate = Without(operations, at, run);
            if (Differs(candidate) is { } found)
            {
                operations = candidate[..(found.Index + 1)];
                shrunk = true;
                at = Math.Min(at, operations.Count);
            }
        }

        return shrunk;
    }

    /// <summary>Leaves operations out; a process that is never forked does nothing either.</summary>
    private static List<ConformanceOperation> Without(List<ConformanceOperation> operations, int at, int run)
    {
        List<ConformanceOperation> rest = [];
        HashSet<int> missing = [];
        for (int i = 0; i < operations.Count; i++)
        {
            if ((i >= at && i < at + run) || missing.Contains(operations[i].Process))
            {
                if (operations[i] is ForkOperation fork)
                {
                    missing.Add(fork.Child);
                }

                continue;
            }

            rest.Add(operations[i]);
        }

        return rest;
    }

    private CaseDifference? Differs(List<ConformanceOperation> operations)
    {
        _plays++;
        return operations.Count == 0 ? null : _comparison.Compare(_item with { Operations = operations });
    }

    private FuzzMismatch Describe(List<ConformanceOperation> operations, int seed, CaseDifference first)
    {
        CaseDifference? last = Differs(operations);
        IReadOnlyList<Outcome> right = _comparison.Judge.Judge(_item with { Operations = operations });
        ConformanceCase judged = _item with
        {
            Operations = [.. operations.Select((operation, at) => operation with { Expectation = right[at].ToExpectation() })],
        };
        string difference = last?.ToString() ?? $"{first}, only once: the worlds agree when the case is repeated";
        return new FuzzMismatch(seed, difference, operations.Count, ConformanceWriter.ToLine(judged));
    }
}
