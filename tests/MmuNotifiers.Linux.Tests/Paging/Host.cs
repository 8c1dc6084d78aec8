namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>What this host lets a test do.</summary>
internal static class Host
{
    /// <summary>Skips the test where windows cannot be made.</summary>
    internal static void Require(PagedMemoryBacking backing = PagedMemoryBacking.Anonymous)
    {
        string? reason = ReasonAgainst(backing);
        Assert.SkipUnless(reason is null, reason ?? string.Empty);
        Assert.SkipUnless(Toucher.Missing is null, Toucher.Missing ?? string.Empty);
    }

    /// <summary>What windows can be made of on this host; skips the test where there is nothing.</summary>
    internal static PagedMemoryBacking[] Backings()
    {
        Require();
        return ReasonAgainst(PagedMemoryBacking.SharedMemory) is null
            ? [PagedMemoryBacking.Anonymous, PagedMemoryBacking.SharedMemory]
            : [PagedMemoryBacking.Anonymous];
    }

    /// <summary>Skips the test where the kernel's userfaultfd lacks something.</summary>
    internal static void RequireFeature(UserfaultFeatures feature) =>
        Assert.SkipUnless((Userfault.Probe() & feature) == feature, $"this kernel's userfaultfd lacks {feature}");

    private static string? ReasonAgainst(PagedMemoryBacking backing)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "userfaultfd is Linux'";
        }

        try
        {
            UserfaultFeatures needed = backing == PagedMemoryBacking.SharedMemory
                ? UserfaultFeatures.WriteProtect | UserfaultFeatures.MissingShared | UserfaultFeatures.WriteProtectShared
                : UserfaultFeatures.WriteProtect;
            UserfaultFeatures missing = needed & ~Userfault.Probe();
            return missing == UserfaultFeatures.None ? null : $"this kernel's userfaultfd lacks {missing}";
        }
        catch (LinuxException refusal)
        {
            return refusal.Message;
        }
    }
}
