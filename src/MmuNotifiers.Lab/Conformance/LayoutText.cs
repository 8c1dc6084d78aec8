using System.Globalization;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Layouts as cases write them: one <c>start+length:permissions:object:page offset</c> for each area.</summary>
internal static class LayoutText
{
    /// <summary>One area.</summary>
    internal static string Of(ulong startPage, ulong pages, AccessRights rights, bool isShared, string objectName, ulong pageOffset) =>
        string.Create(CultureInfo.InvariantCulture, $"{startPage}+{pages}:{Permissions(rights, isShared)}:{objectName}:{pageOffset}");

    /// <summary>
    /// Whether a layout is the expected one. An expected layout that keeps neighbours apart which look alike means just that;
    /// otherwise only what can be seen counts, since a kernel leaves some areas unmerged for reasons of its history.
    /// </summary>
    internal static bool AreSame(IReadOnlyList<string> expected, IReadOnlyList<string> found) =>
        expected.SequenceEqual(found)
        || (expected.SequenceEqual(Canonical(expected)) && expected.SequenceEqual(Canonical(found)));

    /// <summary>The layout with neighbours merged that look alike.</summary>
    internal static IReadOnlyList<string> Canonical(IReadOnlyList<string> layout)
    {
        List<string> merged = [];
        foreach (string text in layout)
        {
            if (merged.Count > 0 && TryMerge(merged[^1], text) is { } both)
            {
                merged[^1] = both;
            }
            else
            {
                merged.Add(text);
            }
        }

        return merged;
    }

    private static string? TryMerge(string left, string right)
    {
        if (!TryParse(left, out Entry low) || !TryParse(right, out Entry high))
        {
            return null;
        }

        bool continues = low.Attributes == high.Attributes
            && low.Start + low.Pages == high.Start
            && (low.IsAnonymous || low.Offset + low.Pages == high.Offset);
        return continues
            ? string.Create(CultureInfo.InvariantCulture, $"{low.Start}+{low.Pages + high.Pages}:{low.Attributes}:{low.Offset}")
            : null;
    }

    private static bool TryParse(string text, out Entry entry)
    {
        entry = default;
        string[] parts = text.Split(':');
        string[] range = parts[0].Split('+');
        if (parts.Length != 4 || range.Length != 2
            || !ulong.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
            || !ulong.TryParse(range[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong pages)
            || !ulong.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out ulong offset))
        {
            return false;
        }

        entry = new Entry(start, pages, $"{parts[1]}:{parts[2]}", offset, parts[2] == "-");
        return true;
    }

    private static string Permissions(AccessRights rights, bool isShared) => string.Concat(
        (rights & AccessRights.Read) != 0 ? "r" : "-",
        (rights & AccessRights.Write) != 0 ? "w" : "-",
        (rights & AccessRights.Execute) != 0 ? "x" : "-",
        isShared ? "s" : "p");

    private readonly record struct Entry(ulong Start, ulong Pages, string Attributes, ulong Offset, bool IsAnonymous);
}
