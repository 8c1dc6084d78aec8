using MmuNotifiers.Replacement;

namespace MmuNotifiers.Linux;

/// <summary>The resident pages of a window, as those that may go. Used under the gate.</summary>
internal sealed class WindowVictims : VictimSource
{
    /// <summary>How many pages subscribers are asked about at once.</summary>
    private const int PagesPerQuery = 1 << 15;

    private const int WordBits = 64;

    private readonly PageTable _pages;
    private readonly FrameTable _frames;
    private readonly PageBacking _backing;
    private readonly NotifierSubscriptions? _asked;
    private readonly PageUseVisitor _onUses;
    private readonly ulong[] _resident;
    private readonly ulong[] _young;

    /// <param name="policy">What keeps the uses.</param>
    /// <param name="residency">What keeps when pages came.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="frames">Their frames.</param>
    /// <param name="backing">Who may know which pages were used.</param>
    /// <param name="asked">Who is asked besides; null for nobody.</param>
    internal WindowVictims(
        ReplacementPolicy policy, ResidencyClock residency, PageTable pages, FrameTable frames, PageBacking backing, NotifierSubscriptions? asked)
        : base(policy, residency)
    {
        _pages = pages;
        _frames = frames;
        _backing = backing;
        _asked = asked;
        _onUses = OnUses;
        int words = asked is null ? 0 : (Math.Min(pages.Pages, PagesPerQuery) + WordBits - 1) / WordBits;
        _resident = new ulong[words];
        _young = new ulong[words];
    }

    /// <inheritdoc/>
    internal override long Pages => _frames.Used;

    /// <inheritdoc/>
    private protected override void Walk()
    {
        if (_backing.KnowsUses)
        {
            _backing.CollectUses(_onUses);
        }

        if (_asked is { HasAging: true })
        {
            AskSubscribers(_asked);
        }

        Policy.EndWalk();
    }

    /// <inheritdoc/>
    private protected override int Find(VictimRule rule, Span<Victim> victims) => Policy.Find(rule, _frames.End, victims);

    private void AskSubscribers(NotifierSubscriptions subscriptions)
    {
        for (int first = 0; first < _pages.Pages; first += PagesPerQuery)
        {
            int count = Math.Min(PagesPerQuery, _pages.Pages - first);
            Array.Clear(_resident);
            Array.Clear(_young);
            for (int i = 0; i < count; i++)
            {
                _resident[i / WordBits] |= _pages[first + i].State == PageState.Resident ? 1UL << (i % WordBits) : 0;
            }

            subscriptions.ClearYoung(new AgeQuery(_pages.RangeOf(first, count), _resident, _young));
            for (int i = 0; i < count; i++)
            {
                if ((_young[i / WordBits] & (1UL << (i % WordBits))) != 0)
                {
                    Use(first + i);
                }
            }
        }
    }

    private void OnUses(AddressRange range)
    {
        int first = _pages.PageAt(range.Start);
        for (int i = 0; i < (int)range.Pages; i++)
        {
            Use(first + i);
        }
    }

    private void Use(int page)
    {
        ref PageEntry entry = ref _pages[page];
        if (entry.State == PageState.Resident)
        {
            Policy.UseInWalk(new FrameNumber((ulong)entry.Frame));
        }
    }
}
