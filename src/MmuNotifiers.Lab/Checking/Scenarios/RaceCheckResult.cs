using System.Globalization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What a race check found.</summary>
public sealed record RaceCheckResult
{
    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>How the check ended.</summary>
    public required RaceCheckVerdict Verdict { get; init; }

    /// <summary>Whether nothing was broken, up to <see cref="Bound"/>.</summary>
    public bool Passed => Verdict == RaceCheckVerdict.Passed;

    /// <summary>Whether every interleaving that matters was tried.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>How far the search went, or why it gave up: <c>exhausted</c>, <c>at most 2 preemptions</c>, <c>60 s are over</c>.</summary>
    public required string Bound { get; init; }

    /// <summary>How many executions were made.</summary>
    public long Executions { get; init; }

    /// <summary>How many steps these had, together.</summary>
    public long Steps { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What was broken; null unless something was.</summary>
    public RaceViolation? Violation { get; init; }

    /// <summary>Executions a second.</summary>
    public double ExecutionsPerSecond => Duration > TimeSpan.Zero ? Executions / Duration.TotalSeconds : 0;

    /// <summary>Asserts that nothing was broken, for a test of any framework.</summary>
    /// <returns>This result.</returns>
    /// <exception cref="RaceCheckException">Something was, or the search gave up; the message is the timeline.</exception>
    public RaceCheckResult AssertPassed() => Passed ? this : throw new RaceCheckException(this, ToString());

    /// <summary>Asserts that every interleaving that matters was tried and nothing was broken.</summary>
    /// <returns>This result.</returns>
    /// <exception cref="RaceCheckException">Something was broken, or not all was tried.</exception>
    public RaceCheckResult AssertExhausted() => AssertPassed().IsExhausted
        ? this
        : throw new RaceCheckException(this, $"{Scenario} passed, but not everything was tried: {Bound}.");

    /// <summary>Asserts that an invariant was found broken: for tests of the checker, and of known bugs.</summary>
    /// <param name="expected">One or more; any of them is enough.</param>
    /// <returns>What was broken.</returns>
    /// <exception cref="RaceCheckException">None of them was.</exception>
    public RaceViolation AssertBroken(Invariants expected) => Violation is not null && (Violation.Broken & expected) != 0
        ? Violation
        : throw new RaceCheckException(this, $"Expected a violation of {expected.ToShortText()}, but: {this}");

    /// <summary>The verdict in one line, and the timeline of what was broken.</summary>
    public override string ToString()
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Scenario}: {Verdict}, {Bound}, {Executions:n0} executions, {Steps:n0} steps, {Duration.TotalMilliseconds:n0} ms");
        return Violation is null ? line : $"{line}{Environment.NewLine}{Environment.NewLine}{Violation}";
    }
}
