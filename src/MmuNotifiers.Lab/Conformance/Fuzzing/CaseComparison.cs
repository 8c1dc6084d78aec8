using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Plays a case in two worlds, one of which is right by definition, and compares every outcome.</summary>
internal sealed class CaseComparison
{
    private readonly KernelJudge _judge;
    private readonly Func<ConformanceCase, ICaseWorld> _subject;

    /// <param name="judge">The world that is right by definition.</param>
    /// <param name="subject">Makes the world that is under test.</param>
    internal CaseComparison(KernelJudge judge, Func<ConformanceCase, ICaseWorld> subject)
    {
        _judge = judge;
        _subject = subject;
    }

    /// <summary>The world that is right.</summary>
    internal KernelJudge Judge => _judge;

    /// <summary>The first operation on which the worlds differ, or null.</summary>
    internal CaseDifference? Compare(ConformanceCase item)
    {
        _judge.Ask(item);
        List<Outcome> found = Play(item, out string? left);
        IReadOnlyList<Outcome> right = _judge.Answer(item);
        for (int i = 0; i < found.Count; i++)
        {
            if (!right[i].IsLike(found[i]))
            {
                return new CaseDifference(i, right[i], found[i]);
            }
        }

        return left is null ? null : new CaseDifference(found.Count - 1, right[found.Count - 1], new Outcome { Disagreement = left });
    }

    /// <summary>Plays the case here; ends early where an outcome cannot be right.</summary>
    private List<Outcome> Play(ConformanceCase item, out string? left)
    {
        List<Outcome> outcomes = [];
        left = null;
        ICaseWorld subject = _subject(item);
        try
        {
            foreach (ConformanceOperation operation in item.Operations)
            {
                Outcome outcome = Attempt(() => subject.Perform(operation));
                outcomes.Add(outcome);
                if (outcome.Disagreement is not null)
                {
                    return outcomes;
                }
            }

            left = Attempt(() => new Outcome { Disagreement = subject.Close() }).Disagreement;
            return outcomes;
        }
        finally
        {
            subject.Dispose();
        }
    }

    /// <summary>A subject that throws differs from a kernel, which never does.</summary>
    private static Outcome Attempt(Func<Outcome> perform)
    {
        try
        {
            return perform();
        }
        catch (Exception exception) when (exception is InvariantViolationException or InvalidOperationException or ArgumentException
            or NullReferenceException or IndexOutOfRangeException)
        {
            return new Outcome { Disagreement = exception.ToString() };
        }
    }
}
