namespace MmuNotifiers.Primary;

/// <summary>The state of one slot of a swap area. Guarded by the lock of its <see cref="SwapCluster"/>.</summary>
/// <remarks>
/// <code>
///   references   frame   transfer   state
///   0            none    none       free, or about to be
///   n            none    none       n users (ptes, page caches); the page is in the store
///   n + 1        F       none       F is the page, and what the store has if F is not dirty; the swap cache is the one more
///   n + 1        F       reading    F is being filled; who wants it waits
///   n + 1        F       writing    F is being evicted: whoever maps it meanwhile may not write to it
/// </code>
/// </remarks>
internal struct SwapSlot
{
    private const uint ReferenceMask = (1U << 28) - 1;
    private const uint ReadingBit = 1U << 28;
    private const uint WritingBit = 1U << 29;
    private const uint ZeroBit = 1U << 30;
    private const uint AwaitedBit = 1U << 31;

    private uint _word;
    private uint _frame;

    /// <summary>How many ptes, page caches and caches hold the slot.</summary>
    internal readonly int References => (int)(_word & ReferenceMask);

    /// <summary>Whether the swap cache has a frame for the slot.</summary>
    internal readonly bool IsCached => _frame != 0;

    /// <summary>The frame in the swap cache. Frame 0 is the zero page, which is never evicted.</summary>
    internal readonly FrameNumber Frame => new(_frame);

    /// <summary>Whether the frame is being filled from the store.</summary>
    internal readonly bool IsReading => (_word & ReadingBit) != 0;

    /// <summary>Whether the frame is being evicted, its write included.</summary>
    internal readonly bool IsWriting => (_word & WritingBit) != 0;

    /// <summary>Whether somebody waits for the transfer that is under way.</summary>
    internal readonly bool IsAwaited => (_word & AwaitedBit) != 0;

    /// <summary>Whether a transfer is under way: the frame stays where it is.</summary>
    internal readonly bool IsBusy => (_word & (ReadingBit | WritingBit)) != 0;

    /// <summary>Whether the page is all zeroes, and the store was not given it.</summary>
    internal bool IsZero
    {
        readonly get => (_word & ZeroBit) != 0;
        set => _word = value ? _word | ZeroBit : _word & ~ZeroBit;
    }

    /// <summary>Whether nobody but the swap cache holds the slot.</summary>
    internal readonly bool IsHeldByCacheOnly => IsCached && References == 1;

    /// <summary>Whether the swap cache holds a certain frame for the slot.</summary>
    internal readonly bool Caches(FrameNumber frame) => _frame == frame.Value && _frame != 0;

    /// <summary>Makes a free slot one with one user.</summary>
    internal void Allocate()
    {
        _word = 1;
        _frame = 0;
    }

    /// <summary>One more user.</summary>
    internal void AddReference()
    {
        InvariantViolationException.ThrowIf(References == (int)ReferenceMask, "A swap slot has more users than can be counted.");
        _word++;
    }

    /// <summary>One user fewer.</summary>
    internal void DropReference()
    {
        InvariantViolationException.ThrowIf(References == 0, "A swap slot is dropped more often than it was taken.");
        _word--;
    }

    /// <summary>The swap cache gets a frame for the slot, and holds the slot.</summary>
    internal void Cache(FrameNumber frame)
    {
        AddReference();
        _frame = (uint)frame.Value;
    }

    /// <summary>Another frame with the same bytes takes the place of the one that is cached.</summary>
    internal void ReplaceFrame(FrameNumber frame) => _frame = (uint)frame.Value;

    /// <summary>The swap cache gives up its frame and lets go of the slot.</summary>
    internal void Uncache()
    {
        DropReference();
        _frame = 0;
    }

    /// <summary>A read begins.</summary>
    internal void BeginReading() => _word |= ReadingBit;

    /// <summary>An eviction begins.</summary>
    internal void BeginWriting() => _word |= WritingBit;

    /// <summary>Somebody waits until the transfer is over.</summary>
    internal void Await() => _word |= AwaitedBit;

    /// <summary>The transfer is over.</summary>
    /// <returns>Whether somebody waits for that.</returns>
    internal bool EndTransfer()
    {
        bool isAwaited = (_word & AwaitedBit) != 0;
        _word &= ~(ReadingBit | WritingBit | AwaitedBit);
        return isAwaited;
    }
}
