using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>What the pages of one mapping of an object show.</summary>
internal sealed class MappingModel
{
    private readonly ulong _firstPage;

    /// <summary>The page of the object that each place shows where there is no copy.</summary>
    private readonly ulong[] _shown;

    /// <summary>The private copy of each place, if there is one.</summary>
    private readonly byte?[] _copies;

    internal MappingModel(AddressSpace space, ulong first, bool isPrivate, ulong firstPage, int pages)
    {
        Space = space;
        First = first;
        IsPrivate = isPrivate;
        _firstPage = firstPage;
        _shown = [.. Enumerable.Range(0, pages).Select(place => firstPage + (ulong)place)];
        _copies = new byte?[pages];
    }

    internal AddressSpace Space { get; }

    /// <summary>The number of the mapping's first page.</summary>
    internal ulong First { get; }

    internal bool IsPrivate { get; }

    internal int Copies => _copies.Count(static copy => copy is not null);

    internal VirtualAddress AddressOf(ulong place) => At(First + place);

    internal ulong ShownAt(ulong place) => _shown[place];

    internal bool HasCopy(ulong place) => _copies[place] is not null;

    internal byte CopyAt(ulong place) => _copies[place]!.Value;

    internal void Copy(ulong place, byte value) => _copies[place] = value;

    internal void Remap(ulong place, ulong page)
    {
        _shown[place] = page;
        _copies[place] = null;
    }

    /// <summary>
    /// Drops the copies of pages from one on. A copy counts as the page that the mapping would show if it were linear, and takes the number of
    /// the one that it shows with it.
    /// </summary>
    internal void DropCopies(ulong fromPage)
    {
        for (ulong place = 0; place < (ulong)_copies.Length; place++)
        {
            if (_copies[place] is not null && _firstPage + place >= fromPage)
            {
                _copies[place] = null;
                _shown[place] = _firstPage + place;
            }
        }
    }
}
