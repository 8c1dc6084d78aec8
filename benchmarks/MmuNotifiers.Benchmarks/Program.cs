using BenchmarkDotNet.Running;
using MmuNotifiers.Benchmarks.Primary;

if (args is ["peers", ..])
{
    PrimaryComparison.Run(Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
