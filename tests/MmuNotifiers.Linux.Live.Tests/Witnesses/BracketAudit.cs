using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>
/// Goes through marks of brackets and events of the kernel in the order of time: whatever the kernel takes away must lie in a bracket that is open, and
/// whatever a bracket announces, the kernel must take away before the bracket ends.
/// </summary>
internal sealed class BracketAudit
{
    private readonly AddressRange _window;

    /// <summary>Pages that the kernel may take away once more.</summary>
    private readonly HashSet<ulong> _following = [];
    private readonly Dictionary<AddressRange, HashSet<ulong>> _open = [];

    private BracketAudit(AddressRange window) => _window = window;

    /// <summary>How many brackets there were.</summary>
    internal int Brackets { get; private set; }

    /// <summary>Brackets within which the kernel took exactly their pages away.</summary>
    internal int Exact { get; private set; }

    /// <summary>Events that no bracket had announced.</summary>
    internal List<NotifierEvent> Unannounced { get; } = [];

    /// <summary>How often the kernel dropped the translations of the whole window, as the look for used pages does: no page goes.</summary>
    internal int Looks { get; private set; }

    /// <param name="events">Marks and events.</param>
    /// <param name="window">The window.</param>
    /// <param name="mayFollow">
    /// Whether the kernel may take a page away once more after the end of its bracket: what was protected in the bracket is cut out of its file behind it.
    /// </param>
    internal static BracketAudit Of(IReadOnlyList<NotifierEvent> events, AddressRange window, bool mayFollow)
    {
        BracketAudit audit = new(window);
        foreach (NotifierEvent item in events)
        {
            if (item.Kind == NotifierEventKind.Mark)
            {
                audit.Take(item, mayFollow);
            }
            else if (item.Kind == NotifierEventKind.Unmap)
            {
                audit.TakeUnmap(item);
            }
        }

        Assert.Empty(audit._open);
        return audit;
    }

    private void Take(NotifierEvent mark, bool mayFollow)
    {
        (bool isStart, AddressRange range) = MarkingNotifier.Read(mark);
        if (isStart)
        {
            Brackets++;
            _open.Add(range, []);
            return;
        }

        Exact += _open.Remove(range, out HashSet<ulong>? taken) && taken.SetEquals(PagesOf(range)) ? 1 : 0;
        if (mayFollow)
        {
            _following.UnionWith(PagesOf(range));
        }
    }

    private void TakeUnmap(NotifierEvent item)
    {
        if (item.Range == _window)
        {
            Looks++;
            return;
        }

        ulong[] pages = [.. PagesOf(item.Range.Intersect(_window))];
        if (!pages.All(page => IsOpen(page) || _following.Remove(page)))
        {
            Unannounced.Add(item);
        }

        foreach ((AddressRange range, HashSet<ulong> taken) in _open)
        {
            taken.UnionWith(pages.Where(page => range.Contains(new VirtualAddress(page << Page.Shift))));
        }
    }

    private bool IsOpen(ulong page) => _open.Keys.Any(range => range.Contains(new VirtualAddress(page << Page.Shift)));

    private static IEnumerable<ulong> PagesOf(AddressRange range)
    {
        for (ulong page = range.Start.PageNumber; page < range.End.PageNumber; page++)
        {
            yield return page;
        }
    }
}
