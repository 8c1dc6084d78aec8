using System.Buffers.Binary;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>A card reads a run of neighbouring pages in one transfer, and every word in them that the model knows is compared.</summary>
/// <param name="violations">Told of what is wrong.</param>
/// <param name="pages">Compares all bytes; null if words are enough.</param>
internal sealed class DmaRun(ViolationLog violations, PageOracle? pages)
{
    private const int MostPages = 4;

    private readonly byte[] _bytes = new byte[MostPages * Page.SizeBytes];
    private readonly List<ModelPage> _pages = new(MostPages);

    /// <summary>Reads a page that the program has present, and those behind it as far as it has them present too.</summary>
    public void Load(ReplayedSpace space, AttachedSecondary secondary, ModelPage first)
    {
        _pages.Clear();
        for (ModelPage? page = first; page is not null && _pages.Count < MostPages; page = space.Model.FindPage(page.Number + 1))
        {
            if (page.State < PagePresence.Readable || space.Model.Areas.Find(VirtualAddress.OfPage(page.Number)) is not { IsReadable: true })
            {
                break;
            }

            _pages.Add(page);
            secondary.CountCompared();
            secondary.CountAccess(!page.TestAndSetUsedBy(secondary.Slot));
        }

        VirtualAddress start = VirtualAddress.OfPage(first.Number);
        FaultResult result = secondary.Device.Read(start, _bytes.AsSpan(0, _pages.Count * Page.SizeBytes));
        if (result != FaultResult.Success)
        {
            violations.Refusal(space, secondary.Mmu.Name, start, AccessRights.Read, result);
            return;
        }

        for (int i = 0; i < _pages.Count; i++)
        {
            Compare(space, secondary, _pages[i], i, WordSlots.Program);
            Compare(space, secondary, _pages[i], i, secondary.Slot);
            CompareWhole(space, secondary, _pages[i], i);
        }
    }

    private void CompareWhole(ReplayedSpace space, AttachedSecondary secondary, ModelPage page, int index)
    {
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(index * Page.SizeBytes, Page.SizeBytes);
        int offset = pages?.FindDifference(bytes, page.Contents, SlotsCompared.All) ?? -1;
        if (offset >= 0)
        {
            Word found = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]));
            VirtualAddress address = VirtualAddress.OfPage(page.Number) + (ulong)offset;
            DeviceJudge.Compare(violations, space, secondary, address, found, pages!.ExpectedAt(offset));
        }
    }

    private void Compare(ReplayedSpace space, AttachedSecondary secondary, ModelPage page, int index, int slot)
    {
        int offset = (index * Page.SizeBytes) + (int)WordSlots.OffsetOf(slot);
        Word found = new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset)));
        DeviceJudge.Compare(violations, space, secondary, WordSlots.AddressOf(page.Number, slot), found, page.Contents.Get(slot));
    }
}
