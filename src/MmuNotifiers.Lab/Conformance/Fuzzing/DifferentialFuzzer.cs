using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>
/// Plays made-up cases in two worlds, one of which is right by definition (a running kernel), and compares every outcome, and in
/// the end every process' layout and the first byte of every page.
/// </summary>
internal sealed class DifferentialFuzzer
{
    /// <summary>A small window, so that operations meet.</summary>
    internal const int WindowPages = 24;

    private static readonly ConformanceObject[] StartObjects = [new(0, ByteAmount.OfPages(4)), new(1, new ByteAmount(6000))];

    private readonly Func<ConformanceCase, ICaseWorld> _judge;
    private readonly Func<ConformanceCase, ICaseWorld> _subject;

    /// <param name="judge">Makes the world that is right by definition.</param>
    /// <param name="subject">Makes the world that is under test.</param>
    internal DifferentialFuzzer(Func<ConformanceCase, ICaseWorld> judge, Func<ConformanceCase, ICaseWorld> subject)
    {
        _judge = judge;
        _subject = subject;
    }

    /// <summary>How many operations were compared so far.</summary>
    internal long Operations { get; private set; }

    /// <summary>Plays one made-up case.</summary>
    /// <returns>Null, or the smallest case found on which the two worlds differ; its expectations are the judge's outcomes.</returns>
    internal FuzzFinding? Run(int seed, int length)
    {
        OperationGenerator generator = new(new Random(seed), WindowPages, StartObjects.Length);
        List<ConformanceOperation> operations = [];
        for (int i = 0; i < length; i++)
        {
            operations.Add(generator.Next());
        }

        AddLooks(operations);
        return FirstDifference(operations) is { } found
            ? Shrink(operations[..(found.Index + 1)], seed, $"expected {found.Right}, got {found.Found}")
            : null;
    }

    /// <summary>Looks at what is left: every process' layout, then its pages.</summary>
    private static void AddLooks(List<ConformanceOperation> operations)
    {
        SortedSet<int> alive = [0];
        foreach (ConformanceOperation operation in operations)
        {
            if (operation is ForkOperation fork)
            {
                alive.Add(fork.Child);
            }
            else if (operation is ExitOperation)
            {
                alive.Remove(operation.Process);
            }
        }

        foreach (int process in alive)
        {
            operations.Add(new LayoutOperation(process));
            for (int page = 0; page < WindowPages; page++)
            {
                operations.Add(new ReadByteOperation(process, ByteAmount.OfPages(page)));
            }
        }
    }

    private FuzzFinding Shrink(List<ConformanceOperation> operations, int seed, string difference)
    {
        bool shrunk = true;
        while (shrunk)
        {
            shrunk = false;
            for (int i = operations.Count - 2; i >= 0; i--)
            {
                List<ConformanceOperation> candidate = Without(operations, i);
                if (FirstDifference(candidate) is { } found)
                {
                    operations = candidate[..(found.Index + 1)];
                    shrunk = true;
                    i = Math.Min(i, operations.Count - 1);
                }
            }
        }

        return Describe(operations, seed, difference);
    }

    /// <summary>Leaves an operation out; a process that is never forked does nothing either.</summary>
    private static List<ConformanceOperation> Without(List<ConformanceOperation> operations, int index)
    {
        List<ConformanceOperation> rest = [];
        HashSet<int> missing = [];
        for (int i = 0; i < operations.Count; i++)
        {
            if (i == index || missing.Contains(operations[i].Process))
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

    private (int Index, Outcome Right, Outcome Found)? FirstDifference(List<ConformanceOperation> operations)
    {
        ConformanceCase made = CaseOf(operations, "made up");
        using ICaseWorld judge = _judge(made);
        using ICaseWorld subject = _subject(made);
        for (int i = 0; i < operations.Count; i++)
        {
            Outcome right = judge.Perform(operations[i]);
            Outcome found = Attempt(subject, operations[i]);
            Operations++;
            if (!right.IsLike(found))
            {
                return (i, right, found);
            }
        }

        return null;
    }

    private FuzzFinding Describe(List<ConformanceOperation> operations, int seed, string firstSeen)
    {
        (int Index, Outcome Right, Outcome Found)? difference = FirstDifference(operations);
        List<ConformanceOperation> expected = [];
        using ICaseWorld judge = _judge(CaseOf(operations, "made up"));
        foreach (ConformanceOperation operation in operations)
        {
            expected.Add(operation with { Expectation = judge.Perform(operation).ToExpectation() });
        }

        return new FuzzFinding(
            CaseOf(expected, $"fuzz_{seed}"),
            difference is { } found ? $"expected {found.Right}, got {found.Found}" : $"{firstSeen}, only once: the two worlds agree when the case is repeated");
    }

    private static ConformanceCase CaseOf(List<ConformanceOperation> operations, string name) => new()
    {
        Name = name,
        Source = "differential fuzzing",
        WindowPages = WindowPages,
        Objects = StartObjects,
        Operations = operations,
    };

    /// <summary>A subject that throws differs from a kernel, which never does.</summary>
    private static Outcome Attempt(ICaseWorld subject, ConformanceOperation operation)
    {
        try
        {
            return subject.Perform(operation);
        }
        catch (Exception exception) when (exception is InvariantViolationException or InvalidOperationException or ArgumentException
            or NullReferenceException or IndexOutOfRangeException)
        {
            return new Outcome { Disagreement = exception.ToString() };
        }
    }
}
