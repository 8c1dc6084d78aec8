using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MmuNotifiers.Linux.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Linux.Kvm.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Linux.Live.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Lab.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Benchmarks")]
