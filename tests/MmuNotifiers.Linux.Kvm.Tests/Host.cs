namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>Skips tests where the host lacks what they need, with the host's reason.</summary>
internal static class Host
{
    public static void RequireKvm() => Assert.SkipUnless(File.Exists(KvmDevice.Path), "no kvm");
}
