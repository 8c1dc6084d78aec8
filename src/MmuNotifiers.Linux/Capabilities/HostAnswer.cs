namespace MmuNotifiers.Linux.Capabilities;

/// <summary>What a system call answered.</summary>
/// <param name="Value">Its result where it succeeded.</param>
/// <param name="Errno">Zero, or why it was refused.</param>
internal readonly record struct HostAnswer(long Value, int Errno)
{
    public bool IsRefused => Errno != 0;
}
