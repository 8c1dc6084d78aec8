using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>What a case can be played in, operation by operation.</summary>
internal interface ICaseWorld : IDisposable
{
    /// <summary>Does one operation.</summary>
    Outcome Perform(ConformanceOperation operation);

    /// <summary>Checks what must hold at the end, ends every process and lets go of every object.</summary>
    /// <returns>Null, or what is left that should not be.</returns>
    /// <exception cref="InvariantViolationException">Something does not hold.</exception>
    string? Close();
}
