namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Finds out what a fork shares.</summary>
internal static class StraceCloneFlags
{
    /// <summary>fork and vfork say it by their name, clone and clone3 by <c>flags=CLONE_VM|...</c> among their arguments.</summary>
    public static LinuxCloneFlags Of(ReadOnlySpan<char> name, ReadOnlySpan<char> arguments)
    {
        if (name is "vfork")
        {
            return LinuxCloneFlags.SharedAddressSpace | LinuxCloneFlags.VirtualFork;
        }

        LinuxCloneFlags flags = LinuxCloneFlags.None;
        int at = arguments.IndexOf("flags=");
        if (at < 0)
        {
            return flags;
        }

        ReadOnlySpan<char> rest = arguments[(at + "flags=".Length)..];
        int end = rest.IndexOfAny(',', '}', ')');
        ReadOnlySpan<char> shown = end < 0 ? rest : rest[..end];
        foreach (Range range in shown.Split('|'))
        {
            flags |= shown[range].Trim(' ') switch
            {
                "CLONE_VM" => LinuxCloneFlags.SharedAddressSpace,
                "CLONE_VFORK" => LinuxCloneFlags.VirtualFork,
                "CLONE_THREAD" => LinuxCloneFlags.Thread,
                _ => LinuxCloneFlags.None,
            };
        }

        return flags;
    }
}
