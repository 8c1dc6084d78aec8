using System.Collections.Immutable;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Replay;

/// <summary>A recording in memory, with what a replay has to know ahead: about 150 bytes for each event.</summary>
public sealed class ReplayScript
{
    private ReplayScript(TraceHeader header, TraceFooter footer, List<TraceEvent> events)
    {
        Header = header;
        Footer = footer;
        Events = events;
        Foresight = ScriptForesight.Of(events);
    }

    /// <summary>What stands at the head of the recording.</summary>
    public TraceHeader Header { get; }

    /// <summary>What stands at its end.</summary>
    public TraceFooter Footer { get; }

    /// <summary>The recorded program in one word.</summary>
    public string Program =>
        Header.Command is [var first, ..] ? Path.GetFileName(first) : Events.OfType<ExecEvent>().FirstOrDefault()?.Program ?? "unknown";

    /// <summary>How many events the recording has.</summary>
    public int EventCount => Events.Count;

    internal List<TraceEvent> Events { get; }

    internal ScriptForesight Foresight { get; }

    /// <summary>Reads a trace to its end.</summary>
    /// <param name="reader">The trace; nothing was read from it yet.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="TraceFormatException">The trace is cut off or harmed.</exception>
    public static ReplayScript Load(TraceReader reader, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        List<TraceEvent> events = [];
        while (reader.TryRead(out TraceEvent? item))
        {
            events.Add(item);
            if (events.Count % 65_536 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return new ReplayScript(reader.Header, reader.Footer!, events);
    }

    /// <summary>The first events of the script.</summary>
    internal ReplayScript Beginning(int events) => new(Header, Footer, Events.GetRange(0, Math.Min(events, Events.Count)));

    /// <summary>Makes a script of events that no file holds.</summary>
    internal static ReplayScript Of(TraceHeader header, ImmutableArray<TraceEvent> events)
    {
        using MemoryStream bytes = new();
        using (TraceWriter writer = new(bytes, header))
        {
            foreach (TraceEvent item in events)
            {
                writer.Write(item);
            }

            writer.Complete();
        }

        bytes.Position = 0;
        using TraceReader reader = new(bytes, "script");
        return Load(reader);
    }
}
