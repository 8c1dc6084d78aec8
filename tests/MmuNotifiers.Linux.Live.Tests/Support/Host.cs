namespace MmuNotifiers.Linux.Live.Tests.Support;

/// <summary>What a test needs of the host.</summary>
internal static class Host
{
    /// <summary>Skips the test, with the host's own reason, where something is missing.</summary>
    internal static void Require(params ReadOnlySpan<HostCapability> needed)
    {
        foreach (HostCapability capability in needed)
        {
            Assert.SkipUnless(capability.IsAvailable, capability.Reason ?? string.Empty);
        }
    }

    /// <summary>The text of a page of the documentation.</summary>
    internal static string Documentation(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MmuNotifiers.slnx")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine(folder!.FullName, "docs", name));
    }
}
