namespace MmuNotifiers.Lab.Checking;

/// <summary>A race check did not end as a test asserted.</summary>
public sealed class RaceCheckException : Exception
{
    /// <summary>Reports it.</summary>
    /// <param name="result">How the check ended.</param>
    /// <param name="message">What was asserted and what was found.</param>
    public RaceCheckException(RaceCheckResult result, string message)
        : base(message) => Result = result;

    /// <summary>How the check ended.</summary>
    public RaceCheckResult Result { get; }
}
