using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Swap;

/// <summary>
/// The bytes of up to 64 transfers, held where they are while the system reads or writes them. Pages that do not lie as direct access wants them
/// go through a buffer that does; pages of frames do.
/// </summary>
internal unsafe ref struct PinnedRun
{
    private Handles _handles;
    private Pointers _addresses;
    private byte* _bounce;
    private readonly int _pages;

    /// <summary>Pins the pages of transfers.</summary>
    /// <param name="run">The transfers, 64 at most.</param>
    /// <param name="alignment">What their addresses must be multiples of.</param>
    /// <param name="use">What for.</param>
    internal PinnedRun(ReadOnlySpan<SwapTransfer> run, int alignment, PinnedRunUse use)
    {
        _pages = run.Length;
        bool isAligned = true;
        for (int page = 0; page < run.Length; page++)
        {
            _handles[page] = run[page].Bytes.Pin();
            _addresses[page] = (nint)_handles[page].Pointer;
            isAligned &= _addresses[page] % alignment == 0;
        }

        if (!isAligned)
        {
            // SAFETY: one page of the buffer for each page of the run.
            _bounce = (byte*)NativeMemory.AlignedAlloc((nuint)run.Length << Page.Shift, (nuint)alignment);
            for (int page = 0; page < run.Length; page++)
            {
                _addresses[page] = (nint)(_bounce + ((long)page << Page.Shift));
                if (use == PinnedRunUse.Write)
                {
                    run[page].Bytes.Span.CopyTo(Bounced(page));
                }
            }
        }
    }

    /// <summary>Where the pages lie.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<nint> Addresses => ((ReadOnlySpan<nint>)_addresses)[.._pages];

    /// <summary>Brings a page that was read where it belongs, if it is not there.</summary>
    internal readonly void CopyBack(int page, Span<byte> destination)
    {
        if (_bounce != null)
        {
            Bounced(page).CopyTo(destination);
        }
    }

    /// <summary>Lets go of the pages.</summary>
    internal void Dispose()
    {
        for (int page = 0; page < _pages; page++)
        {
            _handles[page].Dispose();
        }

        NativeMemory.AlignedFree(_bounce);
        _bounce = null;
    }

    private readonly Span<byte> Bounced(int page) => new(_bounce + ((long)page << Page.Shift), Page.SizeBytes);

    [InlineArray(64)]
    private struct Handles
    {
        private MemoryHandle _first;
    }

    [InlineArray(64)]
    private struct Pointers
    {
        private nint _first;
    }
}
