using System.Globalization;
using MmuNotifiers.Benchmarks.Peers;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>
/// What the way from a bracket to its memory slot costs, by number of slots: each cell the best of many short rounds, taken in turns so that
/// what else the machine does hits all alike.
/// </summary>
internal static class SlotMeasurement
{
    private const int Brackets = 1024;
    private const int Rounds = 60;

    private static readonly int[] Counts = [1, 8, 64, 512, ShadowMmu.MaxSlots];

    internal static void Run(TextWriter output)
    {
        output.WriteLine("ns for one bracket over one page of one slot");
        output.WriteLine("slots    search, same   per slot, same   search, spread   per slot, spread   search, drops   per slot, drops");
        foreach (int slots in Counts)
        {
            using SlotGuest search = new(slots, SlotAttachment.Search);
            using SlotGuest perSlot = new(slots, SlotAttachment.PerSlot);
            (SlotGuest Guest, InvalidationRange[] Ranges)[] cells =
            [
                (search, SlotGuest.Ranges(slots, areSpread: false, Brackets)),
                (perSlot, SlotGuest.Ranges(slots, areSpread: false, Brackets)),
                (search, SlotGuest.Ranges(slots, areSpread: true, Brackets)),
                (perSlot, SlotGuest.Ranges(slots, areSpread: true, Brackets)),
            ];
            (SlotGuest Guest, InvalidationRange[] Ranges)[] drops = [(search, search.RangesOfMiddle()), (perSlot, perSlot.RangesOfMiddle())];
            double[] best = [.. Enumerable.Repeat(double.MaxValue, cells.Length + drops.Length)];
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < cells.Length; i++)
                {
                    (SlotGuest guest, InvalidationRange[] ranges) = cells[i];
                    Sample sample = Sampling.Repeated(4, Brackets, () => guest.Invalidate(ranges));
                    best[i] = Math.Min(best[i], sample.Nanoseconds);
                }

                for (int i = 0; i < drops.Length; i++)
                {
                    (SlotGuest guest, InvalidationRange[] ranges) = drops[i];
                    Sample sample = Sampling.Timed(64, SlotGuest.SlotPages, guest.Translate, () => guest.Invalidate(ranges));
                    best[cells.Length + i] = Math.Min(best[cells.Length + i], sample.Nanoseconds);
                }
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{slots,5}{best[0],15:f1}{best[1],17:f1}{best[2],17:f1}{best[3],19:f1}{best[4],16:f1}{best[5],18:f1}"));
        }
    }
}
