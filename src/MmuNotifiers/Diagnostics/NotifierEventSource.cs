using System.Diagnostics.Tracing;

namespace MmuNotifiers.Diagnostics;

/// <summary>The event source <c>MmuNotifiers</c>: each bracket, for those who trace. Addresses are written as signed numbers.</summary>
[EventSource(Name = "MmuNotifiers")]
internal sealed class NotifierEventSource : EventSource
{
    private NotifierEventSource()
    {
    }

    internal static NotifierEventSource Log { get; } = new();

    /// <summary>A bracket was opened, or refused if <paramref name="accepted"/> is 0.</summary>
    [Event(1, Level = EventLevel.Verbose)]
    public void BracketStart(long start, long end, int reason, int callbacks, int accepted) =>
        WriteEvent(1, [start, end, reason, callbacks, accepted]);

    /// <summary>A bracket was closed.</summary>
    [Event(2, Level = EventLevel.Verbose)]
    public void BracketStop(long start, long end) => WriteEvent(2, start, end);

    /// <summary>The number of subscribers of an address space has changed.</summary>
    [Event(3, Level = EventLevel.Informational)]
    public void Subscribers(int wholeAddressSpace, int intervals, int tlbs) => WriteEvent(3, wholeAddressSpace, intervals, tlbs);

    /// <inheritdoc/>
    protected override void OnEventCommand(EventCommandEventArgs command) => NotifierDiagnostics.SetTraced(IsEnabled());
}
