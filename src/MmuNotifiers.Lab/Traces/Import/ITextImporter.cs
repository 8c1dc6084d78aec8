namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Turns a text into events, in an order and with times that a <see cref="TraceWriter"/> takes.</summary>
internal interface ITextImporter
{
    /// <summary>Reads the whole text, a line at a time.</summary>
    /// <exception cref="TraceFormatException">A line is not what it must be.</exception>
    IEnumerable<TraceEvent> Read();
}
