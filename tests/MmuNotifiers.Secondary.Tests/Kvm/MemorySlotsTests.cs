using CsCheck;
using MmuNotifiers.Secondary.Kvm;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Kvm;

public sealed class MemorySlotsTests
{
    private static readonly Gen<(int Guest, int Host, int Pages)[]> Layouts =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[1, 30]).Array[0, 20];

    [Fact]
    public void A_search_finds_exactly_the_slots_that_a_scan_finds() =>
        Gen.Select(Layouts, Gen.Int[0, 100], Gen.Int[1, 40]).Sample((layout, first, pages) =>
        {
            MemorySlots slots = MemorySlots.Empty;
            List<MemorySlot> all = [];
            ulong frame = 0;
            foreach ((int gap, int host, int size) in layout)
            {
                frame += (ulong)gap;
                MemorySlot slot = new(all.Count, new GuestFrameNumber(frame), Pages(host, size), MemorySlotFlags.None);
                frame += (ulong)size;
                slots = slots.With([slot]);
                all.Add(slot);
            }

            if (all.Count > 3)
            {
                slots = slots.With(null, all[2]);
                all.RemoveAt(2);
            }

            AddressRange range = Pages(first, pages);
            List<int> found = [];
            foreach (MemorySlot slot in slots.Overlapping(range))
            {
                found.Add(slot.Id);
            }

            Assert.Equal(all.Where(slot => slot.UserRange.Overlaps(range)).Select(slot => slot.Id).Order(), found.Order());
            GuestFrameNumber guest = new((ulong)first);
            Assert.Equal(all.Find(slot => slot.Contains(guest))?.Id, slots.Find(guest)?.Id);
        });
}
