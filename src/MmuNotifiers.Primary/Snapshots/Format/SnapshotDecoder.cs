using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace MmuNotifiers.Primary;

/// <summary>
/// Reads everything of a snapshot but its pages, and refuses what no snapshot has: after it, every number is in range and every byte that it read
/// has the right checksum.
/// </summary>
internal sealed partial class SnapshotDecoder
{
    private readonly SafeFileHandle _handle;
    private readonly string _file;
    private readonly SnapshotImage _image = new();
    private long _length;
    private long _slots;

    private SnapshotDecoder(SafeFileHandle handle, string file)
    {
        _handle = handle;
        _file = file;
    }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="handle">The open file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="SnapshotFormatException">It is not a snapshot of this version, torn, or corrupt.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static SnapshotImage Decode(SafeFileHandle handle, string file)
    {
        SnapshotDecoder decoder = new(handle, file);
        decoder._length = RandomAccess.GetLength(handle);
        decoder.ReadHeader();
        foreach (Section section in decoder.ReadDirectory())
        {
            decoder.Decode(section);
        }

        return decoder._image;
    }

    private void ReadHeader()
    {
        byte[] start = ReadUpTo(0, SnapshotFormat.HeaderBytes);
        int magic = Math.Min(start.Length, SnapshotFormat.HeaderMagic.Length);
        if (magic == 0 || !start.AsSpan(0, magic).SequenceEqual(SnapshotFormat.HeaderMagic[..magic]))
        {
            throw Refuse(0, "expected the magic number of a snapshot (89 4d 4d 55 53 0d 0a 1a); this is another kind of file");
        }

        if (start.Length < SnapshotFormat.HeaderBytes)
        {
            throw Refuse(start.Length, $"expected the header's {SnapshotFormat.HeaderBytes} bytes, found the end of the file: it is torn");
        }

        CheckSeal(start, 0, "the header");
        SectionReader reader = new(_file, 8, start.AsSpan(8));
        uint version = reader.ReadUInt32("the version");
        reader.Expect(version == SnapshotFormat.Version, $"version {SnapshotFormat.Version}", version, sizeof(uint));
        uint pageBytes = reader.ReadUInt32("the page size");
        reader.Expect(pageBytes == Page.SizeBytes, $"pages of {Page.SizeBytes} bytes", pageBytes, sizeof(uint));
        ulong milliseconds = reader.ReadUInt64("the time");
        reader.Expect(milliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), "a time before the year 10000", milliseconds, sizeof(ulong));
        _image.SavedAt = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        _image.Id = new Guid(reader.ReadBytes(16, "the identity"));
    }

    /// <summary>Reads footer and directory: the sections lie one behind the other between the pages and the directory, each kind once.</summary>
    private List<Section> ReadDirectory()
    {
        long footerStart = _length - SnapshotFormat.FooterBytes;
        byte[] footer = footerStart < SnapshotFormat.HeaderBytes ? [] : ReadUpTo(footerStart, SnapshotFormat.FooterBytes);
        if (footer.Length < SnapshotFormat.FooterBytes || !footer.AsSpan(0, 8).SequenceEqual(SnapshotFormat.FooterMagic))
        {
            throw Refuse(_length, $"expected the footer of {SnapshotFormat.FooterBytes} bytes before the file's end, found none: the file is torn");
        }

        CheckSeal(footer, footerStart, "the footer");
        SectionReader reader = new(_file, footerStart + 8, footer.AsSpan(8));
        if (new Guid(reader.ReadBytes(16, "the identity")) != _image.Id)
        {
            throw reader.Refuse("expected the identity of the header, found that of another snapshot", -16);
        }

        ulong length = reader.ReadUInt64("the length");
        reader.Expect(length == (ulong)_length, string.Create(CultureInfo.InvariantCulture, $"the length of the file, 0x{_length:x}"), length, sizeof(ulong));
        ulong slots = reader.ReadUInt64("the number of slots");
        reader.Expect(slots <= (ulong)_length >> Page.Shift, "slots within the file", slots, sizeof(ulong));
        ulong directoryStart = reader.ReadUInt64("the directory's offset");
        uint entries = reader.ReadUInt32("the number of sections");
        uint checksum = reader.ReadUInt32("the directory's checksum");
        int kinds = Enum.GetValues<SnapshotSectionKind>().Length;
        reader.Expect(entries == kinds, $"{kinds} sections", entries, 8);
        long directoryBytes = (long)entries * SnapshotFormat.DirectoryEntryBytes;
        reader.Expect(directoryStart == (ulong)(footerStart - directoryBytes), "the directory before the footer", directoryStart, 16);
        _slots = (long)slots;
        byte[] directory = ReadUpTo((long)directoryStart, (int)directoryBytes);
        CheckChecksum(directory, checksum, (long)directoryStart, "the directory");
        return ReadEntries(directory, (long)directoryStart);
    }

    private List<Section> ReadEntries(ReadOnlySpan<byte> directory, long start)
    {
        List<Section> sections = [];
        long next = SnapshotFormat.OffsetOfSlot(_slots);
        SectionReader reader = new(_file, start, directory);
        foreach (SnapshotSectionKind kind in Enum.GetValues<SnapshotSectionKind>())
        {
            uint found = reader.ReadUInt32("a section's kind");
            reader.Expect(found == (uint)kind, $"section {(int)kind} ({kind})", found, sizeof(uint));
            uint checksum = reader.ReadUInt32("a section's checksum");
            ulong offset = reader.ReadUInt64("a section's offset");
            reader.Expect(offset == (ulong)next, string.Create(CultureInfo.InvariantCulture, $"a section at 0x{next:x}"), offset, sizeof(ulong));
            ulong length = reader.ReadUInt64("a section's length");
            reader.Expect(length <= (ulong)(start - next) && length <= int.MaxValue, "a section that ends before the directory", length, sizeof(ulong));
            ulong count = reader.ReadUInt64("a section's number of entries");
            reader.Expect(count <= length, "no more entries than bytes", count, sizeof(ulong));
            sections.Add(new Section(kind, checksum, next, (int)length, (int)count));
            next += (long)length;
        }

        if (next != start)
        {
            throw Refuse(next, string.Create(CultureInfo.InvariantCulture, $"expected the directory, which lies at {start}"));
        }

        return sections;
    }

    private void CheckSeal(ReadOnlySpan<byte> bytes, long offset, string what) => CheckChecksum(
        bytes[..^sizeof(uint)], BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]), offset, what);

    private void CheckChecksum(ReadOnlySpan<byte> bytes, uint expected, long offset, string what)
    {
        uint found = PageChecksum.Of(bytes);
        if (found != expected)
        {
            throw Refuse(offset, $"expected {bytes.Length} bytes of {what} with the checksum 0x{expected:x8}, found 0x{found:x8}");
        }
    }

    private byte[] ReadUpTo(long offset, int count)
    {
        byte[] bytes = new byte[(int)Math.Min(count, Math.Max(0, _length - offset))];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = RandomAccess.Read(_handle, bytes.AsSpan(done), offset + done);
            if (read == 0)
            {
                throw Refuse(offset + done, "expected more bytes, found the end of the file, which is being truncated");
            }

            done += read;
        }

        return bytes;
    }

    private SnapshotFormatException Refuse(long offset, string problem) => new(_file, offset, problem);

    private readonly record struct Section(SnapshotSectionKind Kind, uint Checksum, long Offset, int Length, int Count);
}
