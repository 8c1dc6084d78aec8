using System.Buffers.Binary;
using System.Text;

namespace MmuNotifiers.Primary;

/// <summary>Makes the parts of a snapshot beside its pages: header, sections, directory and footer.</summary>
internal static class SnapshotEncoder
{
    /// <summary>The first page of a snapshot.</summary>
    internal static byte[] Header(SnapshotImage image)
    {
        byte[] header = new byte[SnapshotFormat.HeaderBytes];
        SnapshotFormat.HeaderMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), SnapshotFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Page.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), image.SavedAt.ToUnixTimeMilliseconds());
        image.Id.TryWriteBytes(header.AsSpan(24));
        Seal(header);
        return header;
    }

    /// <summary>Everything behind the pages.</summary>
    internal static ReadOnlyMemory<byte> Tail(SnapshotImage image)
    {
        long start = SnapshotFormat.OffsetOfSlot(image.Checksums.Count);
        SectionWriter tail = new();
        SectionWriter directory = new();
        foreach (SnapshotSectionKind kind in Enum.GetValues<SnapshotSectionKind>())
        {
            SectionWriter section = new();
            int count = Encode(image, kind, section);
            directory.Write((uint)kind);
            directory.Write(PageChecksum.Of(section.Written.Span));
            directory.Write((ulong)(start + tail.Written.Length));
            directory.Write((ulong)section.Written.Length);
            directory.Write((ulong)count);
            tail.Write(section.Written.Span);
        }

        long directoryStart = start + tail.Written.Length;
        tail.Write(directory.Written.Span);
        tail.Write(Footer(image, directoryStart, directory.Written.Span));
        return tail.Written;
    }

    /// <summary>Puts the checksum of the bytes before it into the last four.</summary>
    internal static void Seal(Span<byte> bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^sizeof(uint)..], PageChecksum.Of(bytes[..^sizeof(uint)]));

    private static byte[] Footer(SnapshotImage image, long directoryStart, ReadOnlySpan<byte> directory)
    {
        byte[] footer = new byte[SnapshotFormat.FooterBytes];
        SnapshotFormat.FooterMagic.CopyTo(footer);
        image.Id.TryWriteBytes(footer.AsSpan(8));
        BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(24), directoryStart + directory.Length + footer.Length);
        BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(32), image.Checksums.Count);
        BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(40), directoryStart);
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(48), directory.Length / SnapshotFormat.DirectoryEntryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(52), PageChecksum.Of(directory));
        Seal(footer);
        return footer;
    }

    /// <returns>How many entries the section has.</returns>
    private static int Encode(SnapshotImage image, SnapshotSectionKind kind, SectionWriter section)
    {
        switch (kind)
        {
            case SnapshotSectionKind.Space:
                section.Write(image.HeapStart?.Value ?? SnapshotFormat.NoHeap);
                section.Write(image.HeapEnd.Value);
                section.Write((image.LocksNewMappings ? 1u : 0) | (image.TracksSoftDirty ? 2u : 0));
                section.Write(0u);
                return 1;
            case SnapshotSectionKind.Objects:
                image.Objects.ForEach(saved => Write(section, saved));
                return image.Objects.Count;
            case SnapshotSectionKind.Handles:
                foreach (SavedHandle handle in image.Handles)
                {
                    section.Write(handle.Object);
                    section.Write((uint)handle.Access);
                }

                return image.Handles.Count;
            case SnapshotSectionKind.Areas:
                image.Areas.ForEach(area => Write(section, in area));
                return image.Areas.Count;
            case SnapshotSectionKind.Pages:
                image.Runs.ForEach(run => Write(section, in run));
                return image.Runs.Count;
            case SnapshotSectionKind.SoftDirty:
                foreach (AddressRange range in image.SoftDirtyCleared)
                {
                    section.Write(range.Start.PageNumber);
                    section.Write(range.Pages);
                }

                return image.SoftDirtyCleared.Count;
            default:
                image.Checksums.ForEach(section.Write);
                return image.Checksums.Count;
        }
    }

    private static void Write(SectionWriter section, SavedObject saved)
    {
        section.Write(saved.IsFile ? 2u : 1u);
        section.Write((uint)Encoding.UTF8.GetByteCount(saved.Name));
        section.Write(saved.SizeBytes);
        section.Write(saved.Name);
    }

    private static void Write(SectionWriter section, in SavedArea area)
    {
        section.Write(area.Range.Start.PageNumber);
        section.Write(area.Range.Pages);
        section.Write(area.PageOffset);
        section.Write((uint)area.Rights);
        section.Write((uint)area.Flags);
        section.Write(area.Handle);
        section.Write(area.Family);
        section.Write(area.Lineage);
        section.Write(area.HasPages ? 1u : 0);
    }

    private static void Write(SectionWriter section, in PageRun run)
    {
        section.Write(run.Owner);
        section.Write((uint)run.Kind);
        section.Write(run.FirstPage);
        section.Write(run.Pages);
        section.Write(run.Value);
    }
}
