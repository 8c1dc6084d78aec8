namespace MmuNotifiers.Primary;

/// <summary>With which pages of the host the bytes of a pool's frames are backed. A hint: only Linux takes it, and only where it has such pages.</summary>
public enum ArenaPages
{
    /// <summary>
    /// <see cref="Huge"/> for pools of 64 MiB and more, else <see cref="Small"/>: there the rest of a huge page that nobody uses weighs little.
    /// </summary>
    Automatic,

    /// <summary>What the host does unasked, as a rule 4 KiB: each frame costs memory from its first use on.</summary>
    Small,

    /// <summary>
    /// 2 MiB (transparent huge pages, MADV_HUGEPAGE). The first use of 512 frames side by side is one fault of the host instead of 512, and the
    /// processor translates them by one entry. Frames are handed out in ascending order at first, so up to 2 MiB more are in use than by <see cref="Small"/>.
    /// </summary>
    Huge,
}
