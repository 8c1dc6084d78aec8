using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>The secondary MMUs by the names that they have on the command line.</summary>
internal static class SecondaryOption
{
    private static readonly (string Name, SecondaryKind Kind)[] Names =
    [
        ("shadow", SecondaryKind.Shadow),
        ("nic", SecondaryKind.NetworkCard),
        ("registration", SecondaryKind.Registration),
        ("tlb", SecondaryKind.Tlb),
    ];

    /// <summary>All names, with commas.</summary>
    public static string Known { get; } = string.Join(", ", Names.Select(pair => pair.Name));

    /// <summary>The secondary of a name, or null.</summary>
    public static SecondaryKind? Find(string name)
    {
        foreach ((string known, SecondaryKind kind) in Names)
        {
            if (known == name)
            {
                return kind;
            }
        }

        return null;
    }
}
