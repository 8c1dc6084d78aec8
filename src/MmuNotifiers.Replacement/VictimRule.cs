namespace MmuNotifiers.Replacement;

/// <summary>By what rule a page is chosen to go.</summary>
internal enum VictimRule
{
    /// <summary>The page that was used longest ago: right where what was used lately is used again.</summary>
    Recency = 0,

    /// <summary>
    /// The page whose next use is farthest away, if it comes as long after the last as that came after the one before: right for scans and loops over more
    /// than fits into memory, where the page that was used longest ago is the very next.
    /// </summary>
    Interval = 1,

    /// <summary>
    /// The page that will stay unused longest, as it was seen of pages with such intervals that had been unused for so long: right where some pages are used
    /// more often than others, in whatever order.
    /// </summary>
    Expectation = 2,
}
