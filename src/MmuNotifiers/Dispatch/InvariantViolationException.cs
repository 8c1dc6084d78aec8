using System.Runtime.CompilerServices;

namespace MmuNotifiers;

/// <summary>
/// A primary found its own state inconsistent, or broke the contract with its subscribers: a bug there, never the caller's. The
/// checks that cost something are made in debug builds and under a race checker only.
/// </summary>
public sealed class InvariantViolationException : InvalidOperationException
{
    /// <summary>Reports what was found.</summary>
    /// <param name="message">What does not hold, and where.</param>
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

    internal static void ThrowIf(bool violated, [InterpolatedStringHandlerArgument(nameof(violated))] ref ViolationMessage message)
    {
        if (violated)
        {
            throw new InvariantViolationException(message.Take());
        }
    }
}
