namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>One entry of a small mirror's table: a frame and what may be done to it. All zero is no entry.</summary>
/// <param name="Word">Bits 0 to 2 are the rights, bit 3 says that there is an entry, bit 4 that it was used; the frame lies above.</param>
internal readonly record struct MirrorEntry(ulong Word)
{
    private const int FrameShift = 5;
    private const ulong RightsMask = 7;
    private const ulong EntryBit = 8;
    private const ulong UsedBit = 16;

    /// <summary>An entry that points at a frame; without rights it is one that nobody can use yet.</summary>
    internal MirrorEntry(FrameNumber frame, AccessRights rights)
        : this((frame.Value << FrameShift) | EntryBit | (ulong)rights)
    {
    }

    /// <summary>Whether there is one.</summary>
    internal bool Exists => Word != 0;

    /// <summary>Where it points.</summary>
    internal FrameNumber Frame => new(Word >> FrameShift);

    /// <summary>What it allows.</summary>
    internal AccessRights Rights => (AccessRights)(Word & RightsMask);

    /// <summary>The same entry, marked as used.</summary>
    internal MirrorEntry Used() => new(Word | UsedBit);

    /// <summary>Whether it allows an access.</summary>
    internal bool Allows(AccessRights access) => Exists && (Rights & access) == access;
}
