using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// Runs one thread alone, when all others have ended: it never waits, and if it would, or goes on for too long, nobody is left who could
/// end that.
/// </summary>
internal sealed class LoneThread(Judge judge, ThreadState thread) : ScheduleController
{
    private const int MaxSteps = 20_000;
    private const int MaxYields = 64;

    private int _steps;
    private int _yields;

    /// <inheritdoc/>
    internal override long Timestamp => 0;

    /// <inheritdoc/>
    internal override void BeforeAccess(StepKind kind, object? owner, nint location, int sizeBytes, string step, int bits = AllBits)
    {
        _yields += kind == StepKind.Yield ? 1 : 0;
        if (++_steps > MaxSteps || _yields > MaxYields)
        {
            Waits();
        }
    }

    /// <inheritdoc/>
    internal override void EnterLock(object? owner, nint location, string step)
    {
    }

    /// <inheritdoc/>
    internal override bool TryEnterLock(object? owner, nint location, string step) => true;

    /// <inheritdoc/>
    internal override void ExitLock(object? owner, nint location, string step)
    {
    }

    /// <inheritdoc/>
    internal override bool HoldsLock(object? owner, nint location) => true;

    /// <inheritdoc/>
    internal override void Wait(object owner, string step) => Waits();

    /// <inheritdoc/>
    internal override void WakeAll(object owner, string step)
    {
    }

    private void Waits() => judge.Report(
        Invariants.Liveness, $"{thread.Name}'s device waits for ever at {thread.Operation?.Text}, though no bracket is open and nobody else runs.");
}
