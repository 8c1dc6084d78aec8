namespace MmuNotifiers.Primary;

/// <summary>What is known of a frame beside its counts.</summary>
[Flags]
internal enum FrameFlags
{
    None = 0,

    /// <summary>A private page; its owner is an <see cref="AnonymousFamily"/>, or with <see cref="Merged"/> a <see cref="MergedPage"/>. Otherwise the owner is a <see cref="MemoryObject"/>.</summary>
    Anonymous = 1,

    /// <summary>The bytes are newer than what lies behind them.</summary>
    Dirty = 2,

    /// <summary>Used since reclaim last looked.</summary>
    Young = 4,

    /// <summary>Equal private pages share the frame; its owner is a <see cref="MergedPage"/>. Set together with <see cref="Anonymous"/>.</summary>
    Merged = 8,

    /// <summary>
    /// The frame is in the swap cache, which holds a reference on it: its bytes are, or if it is <see cref="Dirty"/> will be, those of a swap slot.
    /// A private page that is neither in the swap cache nor dirty may be dropped (MADV_FREE). Changes under the lock of the slot.
    /// </summary>
    SwapCached = 16,

    /// <summary>Somebody is about to evict the page; nobody else tries.</summary>
    Isolated = 32,

    /// <summary>Read from swap along with another page, and not used yet: see <see cref="ReadAheadWindow"/>.</summary>
    ReadAhead = 64,
}
