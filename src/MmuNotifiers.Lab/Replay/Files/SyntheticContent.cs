using System.Buffers.Binary;
using System.Collections.Concurrent;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay.Files;

/// <summary>
/// Bytes that stand for those of a recorded file, made from the file's number and their place: never the real ones. Eight bytes
/// at a multiple of eight differ from those of any other place and file, and their top four bits are zero (<see cref="Word"/>).
/// </summary>
/// <remarks>
/// The file is as long as its last page: what a program stores behind a file's end is not written back with the page, so that the model
/// could not say what must be there once the page was evicted. Behind the recorded end the page is zero at first.
/// </remarks>
internal sealed class SyntheticContent(int fileId, ulong recordedBytes) : IFileContent
{
    private const ulong WriterMask = 0x0fff_ffff_ffff_ffff;
    private const ulong MostPages = MemoryObject.MaxSizeBytes >> Page.Shift;

    private static readonly byte[] ZeroPage = new byte[Page.SizeBytes];

    /// <summary>Pages that are not the made-up ones any more: written back, or punched out. An array is not changed once it is in here.</summary>
    private readonly ConcurrentDictionary<ulong, byte[]> _changed = new();

    /// <inheritdoc/>
    public ulong SizeBytes { get; } = Math.Min(Page.Count(recordedBytes), MostPages) << Page.Shift;

    /// <summary>The eight bytes that were at a multiple of eight when the replay began, as a number; zero behind the recorded end.</summary>
    public ulong OriginalWord(ulong offsetBytes)
    {
        if (offsetBytes >= recordedBytes)
        {
            return 0;
        }

        ulong word = Mix(((ulong)fileId << 48) ^ offsetBytes) & WriterMask;
        ulong left = recordedBytes - offsetBytes;
        return left >= sizeof(ulong) ? word : word & ((1UL << (int)(left * 8)) - 1);
    }

    /// <summary>A page as it was when the replay began.</summary>
    public void FillOriginal(ulong pageIndex, Span<byte> page)
    {
        for (int at = 0; at < Page.SizeBytes; at += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(page[at..], OriginalWord((pageIndex << Page.Shift) + (ulong)at));
        }
    }

    /// <inheritdoc/>
    public Errno Read(ulong offsetBytes, Span<byte> destination)
    {
        Span<byte> page = stackalloc byte[Page.SizeBytes];
        for (int done = 0; done < destination.Length;)
        {
            ulong position = offsetBytes + (ulong)done;
            int offset = (int)(position & (Page.SizeBytes - 1));
            int length = Math.Min(Page.SizeBytes - offset, destination.Length - done);
            ReadPage(position >> Page.Shift, page);
            page.Slice(offset, length).CopyTo(destination[done..]);
            done += length;
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Write(ulong offsetBytes, ReadOnlySpan<byte> source)
    {
        for (int done = 0; done < source.Length;)
        {
            ulong position = offsetBytes + (ulong)done;
            int offset = (int)(position & (Page.SizeBytes - 1));
            int length = Math.Min(Page.SizeBytes - offset, source.Length - done);
            byte[] page = new byte[Page.SizeBytes];
            ReadPage(position >> Page.Shift, page);
            source.Slice(done, length).CopyTo(page.AsSpan(offset));
            _changed[position >> Page.Shift] = page;
            done += length;
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Resize(ulong bytes) => Errno.EPERM;

    /// <inheritdoc/>
    public Errno Zero(ulong offsetBytes, ulong endBytes)
    {
        for (ulong page = offsetBytes >> Page.Shift; page < Page.Count(endBytes); page++)
        {
            _changed[page] = ZeroPage;
        }

        return Errno.None;
    }

    private void ReadPage(ulong pageIndex, Span<byte> page)
    {
        if (_changed.TryGetValue(pageIndex, out byte[]? changed))
        {
            changed.CopyTo(page);
        }
        else
        {
            FillOriginal(pageIndex, page);
        }
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9e37_79b9_7f4a_7c15;
        x = (x ^ (x >> 30)) * 0xbf58_476d_1ce4_e5b9;
        x = (x ^ (x >> 27)) * 0x94d0_49bb_1331_11eb;
        return x ^ (x >> 31);
    }
}
