using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MmuNotifiers.Secondary.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Lab")]
[assembly: InternalsVisibleTo("MmuNotifiers.Lab.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Checking.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Benchmarks")]
