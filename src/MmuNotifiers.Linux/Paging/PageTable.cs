using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>The entries of all pages of a window, in native memory: 16 bytes a page. Guarded by the gate of its <see cref="PagedMemory"/>.</summary>
internal sealed unsafe class PageTable : IDisposable
{
    private readonly AddressRange _window;
    private PageEntry* _entries;

    internal PageTable(AddressRange window)
    {
        // SAFETY: zeroed, which is the state NeverTouched; freed once in Dispose; indexed only by page numbers of the window.
        _window = window;
        _entries = (PageEntry*)NativeMemory.AllocZeroed((nuint)window.Pages, (nuint)sizeof(PageEntry));
    }

    /// <summary>How many pages there are.</summary>
    internal int Pages => (int)_window.Pages;

    /// <summary>The entry of a page of the window.</summary>
    internal ref PageEntry this[int page] => ref _entries[page];

    /// <summary>The number within the window of the page that contains an address of it.</summary>
    internal int PageAt(VirtualAddress address) => (int)((address - _window.Start) >> Page.Shift);

    /// <summary>The first address of a page.</summary>
    internal VirtualAddress AddressOf(int page) => _window.Start + ((ulong)page << Page.Shift);

    /// <summary>The addresses of pages.</summary>
    internal AddressRange RangeOf(int firstPage, int pages) => AddressRange.FromPages(AddressOf(firstPage), (ulong)pages);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
    }
}
