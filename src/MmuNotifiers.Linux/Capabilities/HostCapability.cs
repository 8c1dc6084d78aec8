namespace MmuNotifiers.Linux;

/// <summary>One thing that this host can do or cannot do, as a value: nothing throws because a host lacks something.</summary>
public sealed class HostCapability
{
    private HostCapability(string name, string? reason, string? detail) => (Name, Reason, Detail) = (name, reason, detail);

    /// <summary>What <c>mmun doctor --require</c> calls it: lower case, words with hyphens.</summary>
    public string Name { get; }

    /// <summary>Whether the host can.</summary>
    public bool IsAvailable => Reason is null;

    /// <summary>In one line what is missing and how to get it; null if nothing is.</summary>
    public string? Reason { get; }

    /// <summary>What was found (a version, a limit, a path) in one line; null where there is nothing to say.</summary>
    public string? Detail { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Reason ?? Detail ?? "yes"}";

    internal static HostCapability Has(string name, string? detail = null) => new(name, null, detail);

    internal static HostCapability Lacks(string name, string reason) => new(name, reason, null);

    /// <summary>A verdict over parts: available if all of them are, else with the reason of the first that is not.</summary>
    internal static HostCapability OfAll(string name, params ReadOnlySpan<HostCapability> parts)
    {
        foreach (HostCapability part in parts)
        {
            if (part.Reason is { } reason)
            {
                return Lacks(name, reason);
            }
        }

        return Has(name);
    }

    /// <summary>The same under another name.</summary>
    internal HostCapability As(string name) => new(name, Reason, Detail);
}
