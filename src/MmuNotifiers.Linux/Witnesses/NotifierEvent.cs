namespace MmuNotifiers.Linux.Witnesses;

/// <summary>One event of the kernel's own MMU notifiers, or a mark among them.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="ThreadId">The kernel's number of the thread that did it; -1 where the kernel does not know.</param>
/// <param name="Processor">The processor that it ran on.</param>
/// <param name="Time">On the clock of <see cref="System.Diagnostics.Stopwatch"/>, rounded down to a microsecond.</param>
public readonly record struct NotifierEvent(NotifierEventKind Kind, int ThreadId, int Processor, TimeSpan Time)
{
    /// <summary>The host addresses that it is about: of <see cref="NotifierEventKind.TestAge"/> one page; empty for loads and marks.</summary>
    public AddressRange Range { get; init; }

    /// <summary>The number of the guest's page, of a load.</summary>
    public ulong GuestPage { get; init; }

    /// <summary>Whether the guest may write, of a load.</summary>
    public bool IsWritable { get; init; }

    /// <summary>What was written, of a mark; else null.</summary>
    public string? Text { get; init; }
}
