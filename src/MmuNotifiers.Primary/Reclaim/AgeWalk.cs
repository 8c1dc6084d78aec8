using System.Numerics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Replacement;

namespace MmuNotifiers.Primary;

/// <summary>
/// A walk over page tables that asks which pages were used since the last one: the accessed bits of the ptes, and then the secondaries, leaf by
/// leaf. Holds what was found in the leaf at hand; used by one thread at a time, again and again without an allocation.
/// </summary>
/// <remarks>
/// <code>
///   walk                                              CPU, device
///   lock leaf; note frames; take accessed bits; unlock
///                                                     uses a page: accessed again, for the next walk
///   ask secondaries about those that are not young
///   note the use of the young                         (the page may have left meanwhile: a frame without a page stays without)
/// </code>
/// </remarks>
internal sealed class AgeWalk(ReplacementPolicy policy, bool asksSecondaries)
{
    private const int Words = LeafTable.Entries / 64;

    private LeafBits _mapped;
    private LeafBits _young;
    private LeafFrames _frames;

    /// <summary>How many ptes were looked at.</summary>
    internal long Scanned { get; private set; }

    /// <summary>Whether secondaries are asked.</summary>
    internal bool AsksSecondaries => asksSecondaries;

    /// <summary>Who wants to know of every page that is mapped; null for nobody.</summary>
    internal List<FrameNumber>? Mapped { get; set; }

    /// <summary>Which pages of the leaf map a frame.</summary>
    private Span<ulong> MappedBits => _mapped;

    /// <summary>Which of them were used.</summary>
    private Span<ulong> YoungBits => _young;

    /// <summary>Another leaf begins.</summary>
    internal void Begin()
    {
        MappedBits.Clear();
        YoungBits.Clear();
    }

    /// <summary>A page of the leaf is mapped. The leaf is locked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(int index, FrameNumber frame, bool isYoung)
    {
        ulong bit = 1UL << index;
        MappedBits[index >> 6] |= bit;
        YoungBits[index >> 6] |= isYoung ? bit : 0;
        _frames[index] = (uint)frame.Value;
        Scanned++;
    }

    /// <summary>Asks the secondaries about the pages that are not known to be young. The leaf is not locked.</summary>
    internal void Ask(NotifierSubscriptions subscriptions, AddressRange leaf)
    {
        Span<ulong> asked = stackalloc ulong[Words];
        ulong any = 0;
        for (int word = 0; word < Words; word++)
        {
            asked[word] = MappedBits[word] & ~YoungBits[word];
            any |= asked[word];
        }

        if (any != 0)
        {
            subscriptions.ClearYoung(new AgeQuery(leaf, asked, YoungBits));
        }
    }

    /// <summary>Tells the policy of the pages that were used.</summary>
    internal void End()
    {
        for (int word = 0; word < Words; word++)
        {
            for (ulong young = YoungBits[word] & MappedBits[word]; young != 0; young &= young - 1)
            {
                policy.UseInWalk(new FrameNumber(_frames[(word << 6) + BitOperations.TrailingZeroCount(young)]));
            }

            for (ulong mapped = Mapped is null ? 0 : MappedBits[word]; mapped != 0; mapped &= mapped - 1)
            {
                Mapped!.Add(new FrameNumber(_frames[(word << 6) + BitOperations.TrailingZeroCount(mapped)]));
            }
        }
    }

    /// <summary>One bit for each page of a leaf.</summary>
    [InlineArray(Words)]
    private struct LeafBits
    {
        private ulong _first;
    }

    /// <summary>The frame of each page of a leaf.</summary>
    [InlineArray(LeafTable.Entries)]
    private struct LeafFrames
    {
        private uint _first;
    }
}
