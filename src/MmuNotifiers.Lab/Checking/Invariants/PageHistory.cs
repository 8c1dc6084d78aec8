namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// What was done to the value of one page, with the times between which it took effect. Tells whether a value that somebody read can have
/// been there.
/// </summary>
internal sealed class PageHistory
{
    private readonly List<PageChange> _changes = [];

    /// <summary>Whether the values can be judged: nothing unforeseeable was done.</summary>
    internal bool IsJudged { get; set; } = true;

    internal void Clear()
    {
        _changes.Clear();
        IsJudged = true;
    }

    internal void Begin(PageChange change) => _changes.Add(change);

    /// <summary>The change that made a value, or null.</summary>
    internal PageChange? MakerOf(ulong value) => _changes.FindLast(change => change.Value == value && !change.HasFailed);

    /// <summary>A change that certainly took effect after another and before a time, or null.</summary>
    internal PageChange? Between(PageChange change, int time) =>
        _changes.Find(later => later.IsCertain && later.Began > change.Ended && change.Ended != 0 && later.Ended < time);

    /// <summary>
    /// Whether a value can have been read between two times: some change made it, and no other certainly replaced it before.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="began">When the reading began.</param>
    /// <param name="replacedBy">The change that replaced it; null if it never was there.</param>
    internal bool CanBeRead(ulong value, int began, out PageChange? replacedBy)
    {
        replacedBy = null;
        foreach (PageChange change in _changes)
        {
            if (change.Value == value && !change.HasFailed)
            {
                replacedBy = Between(change, began);
                if (replacedBy is null)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
