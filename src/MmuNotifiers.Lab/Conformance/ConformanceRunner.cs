using System.Globalization;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Runs conformance cases over the primary MMU and compares every operation with what a Linux kernel answered.</summary>
public sealed class ConformanceRunner
{
    private readonly ConformanceDevices _devices;

    /// <summary>Makes a runner.</summary>
    /// <param name="devices">What secondary MMUs do meanwhile.</param>
    public ConformanceRunner(ConformanceDevices devices = ConformanceDevices.OwnOperations) => _devices = devices;

    /// <summary>Runs cases, each with memory and address spaces of its own.</summary>
    public ConformanceReport Run(IEnumerable<ConformanceCase> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ConformanceResult[] results = [.. cases.Select(Run)];
        int passed = results.Count(result => result.Passed);
        return new ConformanceReport(passed, results.Length - passed, results);
    }

    /// <summary>Runs one case up to its first mismatch.</summary>
    public ConformanceResult Run(ConformanceCase conformanceCase)
    {
        ArgumentNullException.ThrowIfNull(conformanceCase);
        string? mismatch;
        try
        {
            mismatch = FirstMismatch(conformanceCase);
        }
        catch (InvariantViolationException violation)
        {
            mismatch = $"a broken invariant: {violation.Message}";
        }

        return new ConformanceResult(conformanceCase.Name, mismatch is null, mismatch ?? string.Empty);
    }

    private string? FirstMismatch(ConformanceCase conformanceCase)
    {
        using CaseWorld world = new(conformanceCase, _devices);
        for (int i = 0; i < conformanceCase.Operations.Count; i++)
        {
            ConformanceOperation operation = conformanceCase.Operations[i];
            if (world.Perform(operation).MismatchWith(operation.Expectation) is { } mismatch)
            {
                return string.Create(CultureInfo.InvariantCulture, $"operation {i + 1} ({OperationWriter.Describe(operation)}): {mismatch}");
            }
        }

        return world.Close();
    }
}
