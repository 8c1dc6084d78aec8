namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>A place in the output whose event may not be known yet.</summary>
/// <param name="stamp">When and in which thread.</param>
internal sealed class EventSlot(TraceStamp stamp)
{
    public TraceStamp Stamp { get; } = stamp;

    /// <summary>True when the events are known, or when it is known that there are none.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>What stands here: files that are introduced, then at most one other event.</summary>
    public List<TraceEvent> Events { get; } = new(1);

    public void Settle(TraceEvent? item)
    {
        if (item is not null)
        {
            Events.Add(item);
        }

        IsSettled = true;
    }
}
