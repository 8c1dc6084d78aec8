using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>An execution written as lambdas.</summary>
internal sealed class LambdaExecution(Action[] threads, Action? check = null) : Execution
{
    internal override int ThreadCount => threads.Length;

    internal override void Run(int thread) => threads[thread]();

    internal override void AllFinished() => check?.Invoke();

    public override void Dispose()
    {
    }
}
