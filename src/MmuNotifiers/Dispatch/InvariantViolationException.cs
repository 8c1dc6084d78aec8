namespace MmuNotifiers;

/// <summary>The primary broke the contract with its subscribers. Thrown by checks that are made in debug builds and under a race checker only.</summary>
internal sealed class InvariantViolationException(string message) : InvalidOperationException(message)
{
}
