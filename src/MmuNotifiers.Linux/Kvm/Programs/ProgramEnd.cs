namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>How a program ended.</summary>
/// <param name="Code">What it gave to exit, 0 to 255; 128 and the signal's number where a signal ended it, as shells say it.</param>
/// <param name="Signal">The signal, or none. May be a number that <see cref="GuestSignal"/> does not name: one that the program sent to itself.</param>
/// <param name="Reason">Why a signal ended it, with the address, in one line; null where it ended by itself.</param>
public sealed record ProgramEnd(int Code, GuestSignal Signal, string? Reason)
{
    /// <summary>The signal's name, such as <c>SIGSEGV</c>; null where it ended by itself.</summary>
    public string? SignalName => Signal switch
    {
        GuestSignal.None => null,
        GuestSignal.Interrupt => "SIGINT",
        GuestSignal.IllegalInstruction => "SIGILL",
        GuestSignal.Trap => "SIGTRAP",
        GuestSignal.Abort => "SIGABRT",
        GuestSignal.Bus => "SIGBUS",
        GuestSignal.FloatingPoint => "SIGFPE",
        GuestSignal.Kill => "SIGKILL",
        GuestSignal.Segmentation => "SIGSEGV",
        GuestSignal.Pipe => "SIGPIPE",
        GuestSignal.ProcessorTime => "SIGXCPU",
        _ => $"signal {(int)Signal}",
    };

    internal static ProgramEnd Exit(ulong code) => new((int)(code & 0xff), GuestSignal.None, null);

    internal static ProgramEnd By(GuestSignal signal, string reason) => new(128 + (int)signal, signal, reason);
}
