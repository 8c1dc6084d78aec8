using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>What a case can be played in: the primary MMU, or a running kernel.</summary>
internal interface ICaseWorld : IDisposable
{
    /// <summary>Does one operation.</summary>
    Outcome Perform(ConformanceOperation operation);
}
