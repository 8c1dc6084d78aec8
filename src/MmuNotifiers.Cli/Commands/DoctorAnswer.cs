using System.Collections.Immutable;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun doctor</c> answers.</summary>
/// <param name="Host">The operating system, the kernel and the architecture.</param>
/// <param name="Groups">One for each part that needs something.</param>
internal sealed record DoctorAnswer(string Host, ImmutableArray<DoctorGroup> Groups)
{
    /// <summary>Whether the host has what is called so, a group or a single thing; null if nothing is.</summary>
    public bool? IsAvailable(string name) =>
        Groups.FirstOrDefault(group => group.Name == name)?.Available
        ?? Groups.SelectMany(group => group.Checks).FirstOrDefault(check => check.Name == name)?.Available;
}
