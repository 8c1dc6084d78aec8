namespace MmuNotifiers.Linux.Kvm.Programs.Loading;

/// <summary>What surrounds a program.</summary>
/// <param name="Identity">Who runs it, and where.</param>
/// <param name="Path">Its path (/proc/self/exe).</param>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ProgramSetting(ProgramIdentity Identity, string Path, Stream Input, Stream Output, Stream Error);
