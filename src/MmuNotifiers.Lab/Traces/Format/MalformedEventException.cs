namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>An event's bytes make no sense. The reader turns it into a <see cref="TraceFormatException"/>, since it knows file and offset.</summary>
/// <param name="problem">What was expected.</param>
internal sealed class MalformedEventException(string problem) : Exception(problem);
