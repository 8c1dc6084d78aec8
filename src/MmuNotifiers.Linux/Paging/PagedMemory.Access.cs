namespace MmuNotifiers.Linux;

/// <summary>What managed code does with the bytes.</summary>
public sealed partial class PagedMemory
{
    /// <summary>
    /// Reads bytes. Each page is brought in and kept until its bytes are copied; what is copied is atomic by no more than the processor's own. Blocks while
    /// pages come.
    /// </summary>
    /// <returns>False where the range leaves the window, a page cannot be had, or the memory was disposed; the buffer is then undefined.</returns>
    public bool TryRead(VirtualAddress address, Span<byte> buffer)
    {
        for (int done = 0; done < buffer.Length;)
        {
            VirtualAddress at = address + (ulong)done;
            int length = Math.Min(buffer.Length - done, Page.SizeBytes - at.PageOffset);
            if (!TryHold(at, isWrite: false, out int page))
            {
                return false;
            }

            BytesAt(at, length).CopyTo(buffer[done..]);
            LetGo(page);
            done += length;
        }

        return true;
    }

    /// <summary>Writes bytes, as <see cref="TryRead"/>. The pages before one that cannot be had are written.</summary>
    /// <returns>As for <see cref="TryRead"/>.</returns>
    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> bytes)
    {
        for (int done = 0; done < bytes.Length;)
        {
            VirtualAddress at = address + (ulong)done;
            int length = Math.Min(bytes.Length - done, Page.SizeBytes - at.PageOffset);
            if (!TryHold(at, isWrite: true, out int page))
            {
                return false;
            }

            bytes.Slice(done, length).CopyTo(BytesAt(at, length));
            LetGo(page);
            done += length;
        }

        return true;
    }

    /// <summary>Brings the pages of a range in and keeps them until <see cref="Unpin"/>: no eviction takes them. Pins count.</summary>
    /// <param name="range">The pages, page aligned.</param>
    /// <returns>
    /// Success; otherwise nothing is pinned. OutOfMemory where no frame can be had, or too few would be left for others (an eighth must stay).
    /// </returns>
    /// <exception cref="ArgumentException">The range is not page aligned.</exception>
    public FaultResult Pin(AddressRange range)
    {
        ThrowIfNotAligned(range);
        if (!Range.Contains(range) || !TryEnterCall())
        {
            return FaultResult.NotMapped;
        }

        int first = _pages.PageAt(range.Start);
        int pinned = 0;
        try
        {
            FaultResult result = FaultResult.Success;
            while (pinned < (int)range.Pages && result == FaultResult.Success)
            {
                result = BringIn(first + pinned, AccessRights.Read, Hold.Pin, out _);
                pinned += result == FaultResult.Success ? 1 : 0;
            }

            return result;
        }
        finally
        {
            // Also where a subscriber threw.
            if (pinned < (int)range.Pages)
            {
                UnpinPages(first, pinned);
            }

            ExitCall();
        }
    }

    /// <summary>Takes back one <see cref="Pin"/> of the same pages.</summary>
    /// <exception cref="ArgumentException">The range is not page aligned, or leaves the window.</exception>
    /// <exception cref="InvalidOperationException">A page is not pinned.</exception>
    public void Unpin(AddressRange range)
    {
        ThrowIfNotInside(range);
        if (TryEnterCall())
        {
            try
            {
                UnpinPages(_pages.PageAt(range.Start), (int)range.Pages);
            }
            finally
            {
                ExitCall();
            }
        }
    }

    private void UnpinPages(int first, int count)
    {
        lock (_gate)
        {
            for (int page = first; page < first + count; page++)
            {
                ref PageEntry entry = ref _pages[page];
                if (entry.Pins == 0)
                {
                    throw new InvalidOperationException($"The page at {_pages.AddressOf(page)} is not pinned.");
                }

                _pinnedPages -= --entry.Pins == 0 ? 1 : 0;
            }
        }
    }

    /// <summary>Makes the page of an address resident and keeps it so until <see cref="LetGo"/>.</summary>
    private bool TryHold(VirtualAddress address, bool isWrite, out int page)
    {
        page = -1;
        if (!Range.Contains(address) || !TryEnterCall())
        {
            return false;
        }

        page = _pages.PageAt(address);
        bool isHeld = false;
        try
        {
            isHeld = BringIn(page, isWrite ? AccessRights.Write : AccessRights.Read, Hold.Access, out _) == FaultResult.Success;
        }
        finally
        {
            // Also where a subscriber threw. A page that is held is one call, until it is let go.
            if (!isHeld)
            {
                ExitCall();
            }
        }

        return isHeld;
    }

    private void LetGo(int page)
    {
        lock (_gate)
        {
            _pinnedPages -= --_pages[page].Pins == 0 ? 1 : 0;
        }

        ExitCall();
    }

    /// <summary>Bytes within one page that is held.</summary>
    private unsafe Span<byte> BytesAt(VirtualAddress address, int length)
    {
        // SAFETY: the page is resident, cannot be evicted while it is held, and is protected against no store that the holder may make; so no access
        // here faults into this library, and the bytes do not pass the end of the page.
        return new Span<byte>((byte*)_backing.BytesOf(address.AlignDown()) + address.PageOffset, length);
    }

    private static void ThrowIfNotAligned(AddressRange range)
    {
        if (!range.IsPageAligned)
        {
            throw new ArgumentException($"The range {range} must be page aligned.", nameof(range));
        }
    }

    private void ThrowIfNotInside(AddressRange range)
    {
        ThrowIfNotAligned(range);
        if (!Range.Contains(range))
        {
            throw new ArgumentException($"The range {range} must lie in the window {Range}.", nameof(range));
        }
    }
}
