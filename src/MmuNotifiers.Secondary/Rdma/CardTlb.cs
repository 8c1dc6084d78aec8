using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>
/// The TLB of a card: set associative, shared by all its queues and address spaces. Looked up without a lock inside a section of
/// accesses; changed under the card's lock.
/// </summary>
/// <remarks>
/// Tag and address are two words, and another page may take an entry's place between a reader's look at the one and at the other. Each
/// set has a version for that, odd while an entry of it is being replaced:
/// <code>
///   reader                             installer (under the card's lock)
///   v = version of the set             version + 1: odd
///   tag: mine? h = host                host, tag
///   version still v, and even: use h   version + 1: even
/// </code>
/// An entry that is only dropped keeps its address, so the version stays: who has read the tag is in a section and is waited for.
/// </remarks>
internal sealed class CardTlb
{
    private const ulong ContextSpread = 0x9e37_79b9;

    private readonly CardTlbEntry[] _entries;

    /// <summary>One for each set. Written under the card's lock.</summary>
    private readonly ulong[] _versions;

    /// <summary>Which entry of a set is replaced next. Guarded by the card's lock.</summary>
    private readonly byte[] _nextWay;
    private readonly int _ways;
    private readonly ulong _setMask;

    internal CardTlb(int entries, int ways)
    {
        Debug.Assert(BitOperations.IsPow2(entries) && BitOperations.IsPow2(ways) && ways <= entries, "Sets are indexed by a mask.");
        _entries = new CardTlbEntry[entries];
        _versions = new ulong[entries / ways];
        _nextWay = new byte[entries / ways];
        _ways = ways;
        _setMask = (ulong)(entries / ways) - 1;
    }

    /// <summary>Looks a page up for an access. Inside a section.</summary>
    /// <param name="page">The tag of the page.</param>
    /// <param name="access">What is to be done.</param>
    /// <param name="host">Where the page's bytes lie.</param>
    /// <param name="savedFault">Whether the entry was prefetched and this is its first use.</param>
    internal bool TryTranslate(CardTag page, AccessRights access, out nint host, out bool savedFault)
    {
        int set = SetOf(page);
        ulong version = Shared.Read(in _versions[set], _versions);
        int first = set * _ways;
        for (int index = first; index < first + _ways; index++)
        {
            CardTag tag = Read(index);
            while (tag.IsSamePageAs(page) && tag.Allows(access))
            {
                host = Shared.Read(in _entries[index].Host, _entries);
                if ((version & 1) != 0 || Shared.Read(in _versions[set], _versions) != version)
                {
                    savedFault = false;
                    return false;
                }

                CardTag used = tag.Used(access);
                savedFault = used != tag;
                if (!savedFault || TryReplace(index, tag, used))
                {
                    return true;
                }

                tag = Read(index);
            }
        }

        host = 0;
        savedFault = false;
        return false;
    }

    /// <summary>The entry of a page, or <see cref="CardTag.Empty"/>. Under the card's lock.</summary>
    internal CardTag Find(CardTag page)
    {
        int index = IndexOf(page);
        return index < 0 ? CardTag.Empty : Read(index);
    }

    /// <summary>Gives an entry that exists more rights or fewer marks. Under the card's lock.</summary>
    /// <param name="change">Makes the new tag from the old.</param>
    /// <param name="page">The tag of the page.</param>
    internal void Update(CardTag page, Func<CardTag, CardTag> change)
    {
        int index = IndexOf(page);
        CardTag tag = Read(index);
        while (tag.IsPresent && !TryReplace(index, tag, change(tag)))
        {
            tag = Read(index);
        }
    }

    /// <summary>Enters a page that has no entry. Under the card's lock.</summary>
    /// <param name="tag">The new entry.</param>
    /// <param name="host">Where the page's bytes lie.</param>
    /// <param name="mayDisplaceUsed">Whether an entry that a device has used may make way.</param>
    /// <param name="displaced">What had to make way; its users have not been waited for.</param>
    /// <returns>False if nothing may make way.</returns>
    internal bool TryInstall(CardTag tag, nint host, bool mayDisplaceUsed, out CardTag displaced)
    {
        int set = SetOf(tag);
        int index = VictimOf(set, mayDisplaceUsed);
        if (index < 0)
        {
            displaced = CardTag.Empty;
            return false;
        }

        Shared.Write(ref _versions[set], _versions[set] + 1, _versions);
        displaced = Read(index);
        Shared.Write(ref _entries[index].Host, host, _entries);
        Shared.Write(ref _entries[index].Tag, tag.Value, _entries);
        Shared.Write(ref _versions[set], _versions[set] + 1, _versions);
        return true;
    }

    /// <summary>Changes or drops the entries of a range of one address space. Under the card's lock.</summary>
    /// <param name="context">The address space.</param>
    /// <param name="range">The addresses.</param>
    /// <param name="change">Makes the new tag from the old; the same one for no change.</param>
    /// <returns>How many entries changed.</returns>
    internal int Change(int context, AddressRange range, Func<CardTag, CardTag> change)
    {
        int changed = 0;
        if (range.Pages >= (ulong)_versions.Length)
        {
            for (int index = 0; index < _entries.Length; index++)
            {
                CardTag tag = Read(index);
                bool isHit = tag.IsPresent && tag.Context == context && range.Contains(tag.Page);
                changed += isHit && TryChange(index, change) ? 1 : 0;
            }

            return changed;
        }

        for (VirtualAddress page = range.Start.AlignDown(); page < range.End; page += Page.SizeBytes)
        {
            int index = IndexOf(CardTag.Of(context, page));
            changed += index >= 0 && TryChange(index, change) ? 1 : 0;
        }

        return changed;
    }

    private bool TryChange(int index, Func<CardTag, CardTag> change)
    {
        CardTag tag = Read(index);
        CardTag next = change(tag);
        while (next != tag && !TryReplace(index, tag, next))
        {
            tag = Read(index);
            next = change(tag);
        }

        return next != tag;
    }

    /// <summary>A free entry, else one that was prefetched for nothing, else the oldest if that is allowed; -1 for none.</summary>
    private int VictimOf(int set, bool mayDisplaceUsed)
    {
        int first = set * _ways;
        int neverUsed = -1;
        for (int index = first; index < first + _ways; index++)
        {
            CardTag tag = Read(index);
            if (!tag.IsPresent)
            {
                return index;
            }

            neverUsed = tag.WasNeverUsed ? index : neverUsed;
        }

        if (neverUsed >= 0 || !mayDisplaceUsed)
        {
            return neverUsed;
        }

        int way = _nextWay[set];
        _nextWay[set] = (byte)((way + 1) % _ways);
        return first + way;
    }

    /// <summary>Where a page's entry is; -1 for nowhere. Under the card's lock.</summary>
    private int IndexOf(CardTag page)
    {
        int first = SetOf(page) * _ways;
        for (int index = first; index < first + _ways; index++)
        {
            if (Read(index).IsSamePageAs(page))
            {
                return index;
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SetOf(CardTag page) => (int)((page.Page.PageNumber ^ ((ulong)page.Context * ContextSpread)) & _setMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CardTag Read(int index) => new(Shared.Read(in _entries[index].Tag, _entries));

    private bool TryReplace(int index, CardTag seen, CardTag next) =>
        Shared.CompareExchange(ref _entries[index].Tag, next.Value, seen.Value, _entries) == seen.Value;
}
