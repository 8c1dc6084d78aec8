namespace MmuNotifiers.Primary;

/// <summary>The primary found its own state inconsistent: a bug here, never the caller's.</summary>
public sealed class InvariantViolationException : Exception
{
    /// <summary>Reports what was found.</summary>
    public InvariantViolationException(string message)
        : base(message)
    {
    }

    internal static void ThrowIf(bool violated, string message)
    {
        if (violated)
        {
            throw new InvariantViolationException(message);
        }
    }
}
