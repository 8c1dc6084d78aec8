namespace MmuNotifiers.Lab.Checking;

/// <summary>A bracket of an execution, from the moment when every start had returned. Times are the judge's; 0 is never.</summary>
internal sealed class BracketRecord(in InvalidationRange range, ThreadState? thread, int opened)
{
    /// <summary>The addresses.</summary>
    internal AddressRange Range { get; } = range.Range;

    /// <summary>Why.</summary>
    internal InvalidationEvent Event { get; } = range.Event;

    /// <summary>Who causes it, or null.</summary>
    internal object? Owner { get; } = range.Owner;

    /// <summary>The thread that opened it; null for a bracket of the setup.</summary>
    internal ThreadState? Thread { get; } = thread;

    /// <summary>When it opened.</summary>
    internal int Opened { get; } = opened;

    /// <summary>When it closed; 0 while it is open.</summary>
    internal int Closed { get; set; }

    /// <summary>As sentences name it: <c>Unmap(0x11000..0x13000)</c>.</summary>
    public override string ToString() => TextOf(Event, Range);

    internal static string TextOf(InvalidationEvent reason, AddressRange range) =>
        range == AddressRange.All ? $"{reason}(everything)" : $"{reason}({range.Start}..{range.End})";
}
