namespace MmuNotifiers.Linux;

/// <summary>What a secondary MMU may ask.</summary>
public sealed partial class PagedMemory
{
    /// <summary>How many pages are pinned, those that are being copied included. Guarded by the gate.</summary>
    private int _pinnedPages;

    /// <inheritdoc/>
    public NotifierSubscription Register(IMmuNotifier notifier) => _subscriptions.Add(notifier);

    /// <inheritdoc/>
    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) => _subscriptions.Add(notifier, range);

    /// <inheritdoc/>
    public TlbSubscription Register(ISecondaryTlb tlb) => _subscriptions.Add(tlb);

    /// <inheritdoc/>
    /// <remarks>The window allows loads and stores, and no fetches: Execute is AccessDenied. Outside of it nothing is mapped.</remarks>
    public RangeFaultResult FaultRange(AddressRange range, AccessRights access, Span<Translation> translations)
    {
        ThrowIfNotAligned(range);
        if ((ulong)translations.Length < range.Pages)
        {
            throw new ArgumentException(
                $"The range {range} has 0x{range.Pages:x} pages, but there is room for 0x{translations.Length:x} translations.", nameof(translations));
        }

        if (!TryEnterCall())
        {
            return new RangeFaultResult(FaultResult.NotMapped, 0);
        }

        try
        {
            int done = 0;
            FaultResult result = FaultResult.Success;
            for (VirtualAddress address = range.Start; address < range.End; address += Page.SizeBytes)
            {
                result = Range.Contains(address)
                    ? Translate(_pages.PageAt(address), access, out translations[done])
                    : FaultResult.NotMapped;
                if (result != FaultResult.Success)
                {
                    break;
                }

                done++;
            }

            return new RangeFaultResult(result, done);
        }
        finally
        {
            ExitCall();
        }
    }

    /// <inheritdoc/>
    public nint FrameAddress(FrameNumber frame) => _backing.BytesOf(_pages.AddressOf(_frames.PageOf(frame)));

    /// <inheritdoc/>
    /// <remarks>A page through whose translation may be stored is never taken for clean, so that there is nothing to note.</remarks>
    public void MarkDirty(FrameNumber frame)
    {
    }

    /// <inheritdoc/>
    public void MarkYoung(FrameNumber frame) => _policy.Use(frame);

    private FaultResult Translate(int page, AccessRights access, out Translation translation)
    {
        if ((access & AccessRights.Execute) != 0)
        {
            translation = default;
            return FaultResult.AccessDenied;
        }

        if (access != AccessRights.None)
        {
            return BringIn(page, access, Hold.None, out translation);
        }

        lock (_gate)
        {
            ref PageEntry entry = ref _pages[page];
            translation = entry.State == PageState.Resident ? TranslationOf(in entry) : default;
            return FaultResult.Success;
        }
    }

    private static Translation TranslationOf(in PageEntry entry) =>
        new(new FrameNumber((ulong)entry.Frame), entry.Is(PageFlags.Protected) ? AccessRights.Read : AccessRights.ReadWrite);

    /// <summary>Makes a page resident for managed code. Blocks; inside a call, without the gate.</summary>
    private FaultResult BringIn(int page, AccessRights access, Hold hold, out Translation translation)
    {
        SwapInKind kind = (access & AccessRights.Write) != 0 ? SwapInKind.Store : SwapInKind.Load;
        SwapInBatch? batch = null;
        try
        {
            while (true)
            {
                FaultStep step;
                lock (_gate)
                {
                    if (_isDisposed)
                    {
                        translation = default;
                        return FaultResult.NotMapped;
                    }

                    ref PageEntry entry = ref _pages[page];
                    step = entry.State == PageState.Resident ? FaultStep.Resident : BringInLocked(page, kind, batch ??= RentSwapInBatchLocked());
                    switch (step)
                    {
                        case FaultStep.Resident:
                            return HoldLocked(ref entry, page, kind, hold, out translation);
                        case FaultStep.Busy:
                            WaitLocked();
                            continue;
                        case FaultStep.MustBeRead:
                            AddAheadLocked(batch!, page);
                            break;
                    }
                }

                translation = default;
                if (step == FaultStep.Lost || (step == FaultStep.MustBeRead && FetchBatch(batch!) != SwapOutcome.Success))
                {
                    return FaultResult.BusError;
                }

                if (step == FaultStep.NoMemory || (step == FaultStep.NeedsFrame && !TryMakeRoom()))
                {
                    return FaultResult.OutOfMemory;
                }
            }
        }
        finally
        {
            if (batch is not null)
            {
                Return(batch);
            }
        }
    }

    /// <summary>Gives a resident page to managed code.</summary>
    private FaultResult HoldLocked(ref PageEntry entry, int page, SwapInKind kind, Hold hold, out Translation translation)
    {
        translation = default;
        if (hold != Hold.None)
        {
            bool isFirst = entry.Pins == 0;
            if (entry.Pins == ushort.MaxValue || (isFirst && hold == Hold.Pin && _pinnedPages >= _frames.Count - Math.Max(_frames.Count / 8, 1)))
            {
                return FaultResult.OutOfMemory;
            }

            entry.Pins++;
            _pinnedPages += isFirst ? 1 : 0;
        }

        if (kind == SwapInKind.Store && entry.Is(PageFlags.Protected))
        {
            UnprotectLocked(ref entry, page);
        }

        translation = TranslationOf(in entry);
        return FaultResult.Success;
    }
}
