using BenchmarkDotNet.Running;
using MmuNotifiers.Benchmarks.Dispatch;
using MmuNotifiers.Benchmarks.Primary;

if (args is ["peers", ..])
{
    PrimaryComparison.Run(Console.Out, args.Length > 1 ? args[1] : string.Empty);
    return;
}

if (args is ["dispatch", ..])
{
    DispatchComparison.Run(Console.Out, args.Length > 1 ? args[1] : string.Empty);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
