namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>The sample samples/PagedGuest runs on every host.</summary>
public sealed class SampleTests
{
    [Fact]
    public void The_sample_runs_a_guest_or_says_why_not()
    {
        ChildProcess sample = ChildProcess.RunManaged("PagedGuest.dll", []);
        Assert.Equal((0, string.Empty), (sample.ExitCode, sample.Error));
        string expected = HostCapabilities.VirtualMachines.IsAvailable ? "counted 20000" : HostCapabilities.VirtualMachines.Reason!;
        Assert.Contains(expected, sample.Text, StringComparison.Ordinal);
    }
}
