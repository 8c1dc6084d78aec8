namespace MmuNotifiers.Primary;

/// <summary>The numbers of the file format; docs/snapshot-format.md says what they mean.</summary>
internal static class SnapshotFormat
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    internal const uint Version = 1;

    /// <summary>How long the header is: one page, so that those behind it are aligned.</summary>
    internal const int HeaderBytes = Page.SizeBytes;

    /// <summary>How long one entry of the directory is.</summary>
    internal const int DirectoryEntryBytes = 32;

    /// <summary>How long the end of the file is.</summary>
    internal const int FooterBytes = 64;

    /// <summary>Stands for no handle, no lineage, and as the owner of a run for the address space itself.</summary>
    internal const uint None = uint.MaxValue;

    /// <summary>Stands for an address space without a heap.</summary>
    internal const ulong NoHeap = ulong.MaxValue;

    /// <summary>The longest name of a file, in bytes of UTF-8.</summary>
    internal const int MaxNameBytes = 4096;

    /// <summary>No page of an address space has this number or a higher one.</summary>
    internal const ulong EndOfPages = 1UL << (63 - Page.Shift);

    /// <summary>What a snapshot begins with: like PNG's, it shows a transfer as text.</summary>
    internal static ReadOnlySpan<byte> HeaderMagic => [0x89, (byte)'M', (byte)'M', (byte)'U', (byte)'S', 0x0d, 0x0a, 0x1a];

    /// <summary>What its last 64 bytes begin with.</summary>
    internal static ReadOnlySpan<byte> FooterMagic => "MMUSEND\n"u8;

    /// <summary>Where the page of a slot lies.</summary>
    internal static long OffsetOfSlot(long slot) => HeaderBytes + (slot << Page.Shift);
}
