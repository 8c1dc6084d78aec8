using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MmuNotifiers.Swap.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Benchmarks")]
