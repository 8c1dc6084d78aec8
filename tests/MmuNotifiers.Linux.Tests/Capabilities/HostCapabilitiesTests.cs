using MmuNotifiers.Linux.Capabilities;

namespace MmuNotifiers.Linux.Tests.Capabilities;

/// <summary>This host, as it is. Runs alone, since other tests open descriptors of the same kinds.</summary>
[CollectionDefinition(nameof(HostCapabilitiesTests), DisableParallelization = true)]
[Collection(nameof(HostCapabilitiesTests))]
public sealed class HostCapabilitiesTests
{
    [Fact]
    public void Looking_at_a_host_leaves_nothing_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open descriptors and trace instances are looked at through /proc and /sys");
        LookAtEverything();
        string[] before = Traces();
        LookAtEverything();
        Assert.Equal(before, Traces());
    }

    [Fact]
    public void What_is_there_has_no_reason_and_what_is_missing_has_one()
    {
        Assert.NotEmpty(HostCapabilities.Groups);
        Assert.All(
            HostCapabilities.Groups.SelectMany(group => group.Required.Concat(group.Optional).Append(group.Verdict)),
            part => Assert.Equal(part.IsAvailable, part.Reason is null));
    }

    [Fact]
    public void Names_are_the_same_thing_wherever_they_stand()
    {
        IEnumerable<HostCapability> parts = HostCapabilities.Groups.SelectMany(group => group.Required.Concat(group.Optional).Append(group.Verdict));
        Assert.All(parts.GroupBy(part => part.Name), same => Assert.Single(same.Select(part => part.IsAvailable).Distinct()));
    }

    private static void LookAtEverything() => Assert.NotEmpty(new HostExamination(new LiveHost()).Groups);

    /// <summary>What a probe could leave: descriptors of the kinds that it opens, trace instances, cgroups, mappings of virtual processors.</summary>
    private static string[] Traces() =>
    [
        .. Directory.GetFiles("/proc/self/fd").Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? string.Empty)
            .Where(target => target.Contains("kvm", StringComparison.Ordinal) || target.Contains("userfaultfd", StringComparison.Ordinal)
                || target.Contains("pagemap", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
        .. FoldersOf("/sys/kernel/tracing/instances"),
        .. FoldersOf("/sys/fs/cgroup/memory"),
    ];

    private static string[] FoldersOf(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Where(name => name.Contains($"-{Environment.ProcessId}", StringComparison.Ordinal))] : [];
}
