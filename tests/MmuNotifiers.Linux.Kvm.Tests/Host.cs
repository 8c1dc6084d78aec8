namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>Skips tests where the host lacks what they need, with the host's reason.</summary>
internal static class Host
{
    /// <summary>For guests over memory of any kind; paged memory included, since hosts that have the one have the other.</summary>
    public static void RequireKvm() => Require(HostCapabilities.VirtualMachines);

    public static void Require(HostCapability capability) => Assert.SkipUnless(capability.IsAvailable, capability.ToString());
}
