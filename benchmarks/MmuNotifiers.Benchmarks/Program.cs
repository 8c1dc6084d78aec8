using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using MmuNotifiers.Benchmarks.Dispatch;
using MmuNotifiers.Benchmarks.Linux;
using MmuNotifiers.Benchmarks.Primary;
using MmuNotifiers.Benchmarks.Secondary;
using MmuNotifiers.Benchmarks.Snapshots;
using MmuNotifiers.Benchmarks.Swap;

switch (args)
{
    case ["peers", ..]:
        PrimaryComparison.Run(Console.Out, args.Length > 1 ? args[1] : string.Empty);
        break;
    case ["dispatch", ..]:
        DispatchComparison.Run(Console.Out, args.Length > 1 ? args[1] : string.Empty);
        break;
    case ["registration", ..]:
        RegistrationComparison.Run(Console.Out, args.Length > 1 ? args[1] : string.Empty);
        break;
    case ["secondary", ..]:
        SecondaryComparison.Run(Console.Out);
        break;

    case ["linux", ..]:
        await LinuxComparison.RunAsync(Console.Out, args.Length > 1 ? args[1] : string.Empty);
        break;
    case ["swap", ..]:
        await SwapComparison.RunAsync(Console.Out, args.Length > 1 ? args[1] : string.Empty);
        break;

    // Shootdowns are timed one by one, behind a wait that must not count, so they have a harness of their own.
    case ["shootdown", ..]:
        ShootdownMeasurement.Run(Console.Out);
        break;
    case ["slots", ..]:
        SlotMeasurement.Run(Console.Out);
        break;
    case ["swap-redis", ..]:
        await RedisMeasurement.RunAsync(Console.Out);
        break;
    case ["snapshots", ..]:
        SnapshotMeasurement.Run(Console.Out, args.Length > 2 ? args[2] : null, args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1024);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(args, ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10)));
        break;
}
