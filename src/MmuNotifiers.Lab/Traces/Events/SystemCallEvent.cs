namespace MmuNotifiers.Lab.Traces;

/// <summary>
/// A system call with its arguments as the program passed them, right or wrong, and with its result. It stands in the trace where it
/// took effect as far as the recording tells, and never later than its return.
/// </summary>
/// <param name="Stamp">When and in which thread.</param>
/// <param name="Result">What the kernel returned: a negative errno, or the call's own answer.</param>
public abstract record SystemCallEvent(TraceStamp Stamp, long Result) : TraceEvent(Stamp)
{
    /// <summary>True if the kernel refused.</summary>
    public bool Failed => Result is < 0 and >= -4095;

    /// <summary>The errno of a refusal, 0 otherwise.</summary>
    public int Errno => Failed ? (int)-Result : 0;
}
