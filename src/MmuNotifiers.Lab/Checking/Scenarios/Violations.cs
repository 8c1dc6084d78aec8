using System.Text.RegularExpressions;
using MmuNotifiers.Lab.Checking.Exploration;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Makes a failing execution once more, writes it down, and says what it broke.</summary>
internal static partial class Violations
{
    /// <summary>What a schedule breaks.</summary>
    /// <exception cref="InvalidOperationException">It breaks nothing: the scenario depends on something else than the schedule.</exception>
    internal static RaceViolation Of(MemoryPool pool, RaceScenario scenario, Schedule schedule, RaceCheckOptions options) =>
        TryReplay(pool, scenario, schedule, options)
        ?? throw new InvalidOperationException($"{scenario.Name} failed once and did not fail again under the same schedule {schedule}.");

    /// <summary>What a schedule breaks, or null.</summary>
    internal static RaceViolation? TryReplay(MemoryPool pool, RaceScenario scenario, Schedule schedule, RaceCheckOptions options)
    {
        ScenarioExecution? execution = null;
        TimelineLog log = new();
        ExecutionRecord record = Explorer.Replay(
            () => execution = new ScenarioExecution(scenario, options.Watched, pool, log), schedule, ScenarioSearch.ToExploration(options));
        if (record.Failure is not { } failure)
        {
            return null;
        }

        (Invariants broken, string sentence) = Explain(execution!, failure);
        return new RaceViolation
        {
            Broken = broken,
            Sentence = sentence,
            Schedule = schedule.ToString(),
            Timeline = TimelineWriter.Write(execution!, record, log, broken, sentence),
        };
    }

    private static (Invariants Broken, string Sentence) Explain(ScenarioExecution execution, ExecutionFailure failure)
    {
        if (execution.Judge.Failure is { } judged)
        {
            return (judged.Broken, judged.Message);
        }

        ThreadState[] threads = execution.Scene.Threads;
        string message = ThreadNumbers().Replace(failure.Message, match => threads[int.Parse(match.Groups[1].ValueSpan, null)].Name);
        switch (failure.Kind)
        {
            case FailureKind.Exception when failure.Exception is ScenarioFailure own:
                return (own.Broken, own.Message);
            case FailureKind.Exception when failure.Exception is InvariantViolationException && SplitInvariant(message) is var (named, rest) && named != 0:
                return (named, rest);
            case FailureKind.Exception when failure.Exception is InvalidOperationException && message.Contains(AtomicContext.Complaint, StringComparison.Ordinal):
                return (Invariants.Context, $"{Who(threads, failure.Thread)}: {message}");
            case FailureKind.Exception:
                return (Invariants.None, $"{Who(threads, failure.Thread)} threw {failure.Exception?.GetType().Name}: {message}");
            case FailureKind.Livelock:
                return (Invariants.Liveness, EndlessSentence(threads, message));
            default:
                bool heldOverRead = threads.Any(thread => thread.ReadBegin is not null && thread.Locks.Exists(held => held.Owner is not SharedMonitor));
                return heldOverRead
                    ? (Invariants.Context | Invariants.Liveness, $"{message} A reader holds a lock that an invalidation takes while it waits for the bracket.")
                    : (Invariants.Liveness, message);
        }
    }

    private static string EndlessSentence(ThreadState[] threads, string message)
    {
        IEnumerable<string> busy = threads.Where(thread => thread.Operation is not null).Select(thread => $"{thread.Name}'s {thread.Operation!.Text}");
        return $"{string.Join(" and ", busy)} would go on for ever, though nobody else changes anything any more. {message}";
    }

    private static string Who(ThreadState[] threads, int thread) =>
        thread < 0 ? "The check at the end" : $"{threads[thread].Name}'s {threads[thread].Operation?.Text ?? "thread"}";

    /// <summary>A message of the core begins with the invariant that it is about.</summary>
    private static (Invariants Named, string Message) SplitInvariant(string message)
    {
        int colon = message.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && InvariantNames.TryParse(message.AsSpan(0, colon), out Invariants named)
            ? (named, char.ToUpperInvariant(message[colon + 2]) + message[(colon + 3)..])
            : (Invariants.None, message);
    }

    [GeneratedRegex(@"[Tt]hread (\d)")]
    private static partial Regex ThreadNumbers();
}
