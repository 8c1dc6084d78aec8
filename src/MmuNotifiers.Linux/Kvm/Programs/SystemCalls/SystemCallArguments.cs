namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>The arguments of a system call, in the order of the manual: RDI, RSI, RDX, R10, R8, R9.</summary>
internal readonly record struct SystemCallArguments(ulong First, ulong Second, ulong Third, ulong Fourth, ulong Fifth, ulong Sixth)
{
    /// <summary>The arguments in the registers of a program that executed syscall.</summary>
    public static SystemCallArguments Of(in ProcessorRegisters registers) =>
        new(registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8, registers.R9);
}
