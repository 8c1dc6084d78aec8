using System.Buffers.Binary;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay.Oracles;

/// <summary>
/// Compares whole pages with the model: all 4096 bytes, so that a page which came back from a store torn, old or as another one is noticed.
/// Used by the replaying thread only.
/// </summary>
internal sealed class PageOracle(ViolationLog violations)
{
    private readonly byte[] _found = new byte[Page.SizeBytes];
    private readonly byte[] _expected = new byte[Page.SizeBytes];

    /// <summary>How many pages were compared.</summary>
    public long PagesCompared { get; private set; }

    /// <summary>The program loads a page that it may load, and every byte must be right.</summary>
    public FaultResult Compare(ReplayedSpace space, ModelPage page, SlotsCompared slots)
    {
        VirtualAddress start = VirtualAddress.OfPage(page.Number);
        FaultResult result = space.Primary.Read(start, _found).Result;
        if (result != FaultResult.Success)
        {
            return result;
        }

        int offset = FindDifference(_found, page.Contents, slots);
        if (offset >= 0)
        {
            violations.Mismatch(space, start + (ulong)offset, WordAt(_found, offset), WordAt(_expected, offset));
        }

        return result;
    }

    /// <summary>Reads a page of an object that nobody may have mapped any more, and every byte must be right. No device is at work.</summary>
    /// <returns>Whether the page could be read.</returns>
    public bool Compare(Files.Backing backing, ulong pageIndex, PageContents contents)
    {
        ObjectTransferResult result = backing.Object.Read(pageIndex << Page.Shift, _found);
        if (result.Error != Errno.None || result.Bytes != Page.SizeBytes)
        {
            return false;
        }

        int offset = FindDifference(_found, contents, SlotsCompared.All);
        if (offset >= 0)
        {
            violations.Mismatch(backing.Name, (pageIndex << Page.Shift) + (ulong)offset, WordAt(_found, offset), WordAt(_expected, offset));
        }

        return true;
    }

    /// <summary>Where the bytes of a page differ from what must be there, or -1. A word that may be one of two settles to the one that is found.</summary>
    public int FindDifference(ReadOnlySpan<byte> found, PageContents contents, SlotsCompared slots)
    {
        PagesCompared++;
        contents.Render(_expected);
        for (int slot = WordSlots.Program + 1; slot < WordSlots.Count; slot++)
        {
            int offset = (int)WordSlots.OffsetOf(slot);
            Word seen = new(BinaryPrimitives.ReadUInt64LittleEndian(found[offset..]));
            if (slots == SlotsCompared.All && seen == contents.GetUncertain(slot) && seen.Value != 0)
            {
                contents.Set(slot, seen);
            }
            else if (slots == SlotsCompared.All)
            {
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(_expected.AsSpan(offset), seen.Value);
        }

        return PageImage.FindDifference(found, _expected);
    }

    /// <summary>The word that must be at an offset of the page that was compared last.</summary>
    public Word ExpectedAt(int offset) => new(BinaryPrimitives.ReadUInt64LittleEndian(_expected.AsSpan(offset)));

    /// <summary>A word as it was before it was mixed with its place.</summary>
    public static Word WordAt(ReadOnlySpan<byte> page, int offset)
    {
        Word stored = new(BinaryPrimitives.ReadUInt64LittleEndian(page[offset..]));
        return stored.Writer == 0 ? stored : PageImage.Stored(stored, offset);
    }
}
