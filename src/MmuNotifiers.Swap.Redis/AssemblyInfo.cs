using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MmuNotifiers.Swap.Redis.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Benchmarks")]
