namespace MmuNotifiers.Primary;

/// <summary>Neighbouring pages of which the same is to be said.</summary>
/// <param name="Owner">The object whose pages they are; <see cref="SnapshotFormat.None"/> for pages of the address space.</param>
/// <param name="Kind">What they are.</param>
/// <param name="FirstPage">The number of the first page, in the address space or in the object.</param>
/// <param name="Pages">How many there are.</param>
/// <param name="Value">The slot, or the page of the object, of the first; those of the others follow.</param>
internal readonly record struct PageRun(uint Owner, PageRunKind Kind, ulong FirstPage, ulong Pages, ulong Value)
{
    /// <summary>How long a run is in the file.</summary>
    internal const int SizeBytes = 32;

    /// <summary>The number behind the last page.</summary>
    internal ulong EndPage => FirstPage + Pages;

    /// <summary>Whether a page continues the run.</summary>
    internal bool IsContinuedBy(in PageRun next) =>
        next.Owner == Owner && next.Kind == Kind && next.FirstPage == EndPage
        && next.Value == (Kind == PageRunKind.Guard ? Value : Value + Pages);
}
