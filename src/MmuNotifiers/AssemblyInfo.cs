using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MmuNotifiers.Replacement")]
[assembly: InternalsVisibleTo("MmuNotifiers.Primary")]
[assembly: InternalsVisibleTo("MmuNotifiers.Secondary")]
[assembly: InternalsVisibleTo("MmuNotifiers.Linux")]
[assembly: InternalsVisibleTo("MmuNotifiers.Lab")]
[assembly: InternalsVisibleTo("MmuNotifiers.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Replacement.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Primary.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Secondary.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Lab.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Checking.Tests")]
[assembly: InternalsVisibleTo("MmuNotifiers.Benchmarks")]
