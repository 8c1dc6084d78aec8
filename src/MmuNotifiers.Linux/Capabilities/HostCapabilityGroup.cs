namespace MmuNotifiers.Linux;

/// <summary>What one part of this software needs of the host.</summary>
public sealed class HostCapabilityGroup
{
    internal HostCapabilityGroup(
        string name, string purpose, IReadOnlyList<HostCapability> required, params IReadOnlyList<HostCapability> optional)
    {
        Verdict = HostCapability.OfAll(name, [.. required]);
        Purpose = purpose;
        Required = required;
        Optional = optional;
    }

    /// <summary>Whether the host has all that is required, under the name of the group; else the first thing that is missing.</summary>
    public HostCapability Verdict { get; }

    /// <summary>What it is for, in a few words.</summary>
    public string Purpose { get; }

    /// <summary>Without one of these it cannot be done.</summary>
    public IReadOnlyList<HostCapability> Required { get; }

    /// <summary>What makes it better, faster or wider where the host has it.</summary>
    public IReadOnlyList<HostCapability> Optional { get; }
}
