using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MmuNotifiers.Cli.Tests")]
