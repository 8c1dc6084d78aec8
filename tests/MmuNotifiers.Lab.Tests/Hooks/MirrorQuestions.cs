using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

internal static class MirrorQuestions
{
    /// <summary>
    /// How many stale translations each mirror holds. To look at a pte is bracketed, so every mirror's translations are taken down
    /// before the first look.
    /// </summary>
    public static IEnumerable<int> CountStale(this AddressSpace space, params TranslationMirror[] mirrors)
    {
        KeyValuePair<VirtualAddress, MirrorEntry>[][] held = [.. mirrors.Select(mirror => mirror.Entries.ToArray())];
        return [.. held.Select(entries => entries.Count(entry => entry.Value.IsStale(space.Look(entry.Key))))];
    }

    private static PageState Look(this AddressSpace space, VirtualAddress page)
    {
        PageState now = default;
        space.ApplyToPageRange(AddressRange.OfPage(page), (_, state) =>
        {
            now = state;
            return PageAction.Keep;
        });
        return now;
    }
}
