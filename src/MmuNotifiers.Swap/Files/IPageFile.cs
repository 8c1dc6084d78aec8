namespace MmuNotifiers.Swap;

/// <summary>What a <see cref="FileSwapStore"/> asks of a file. Blocks the caller's thread; safe to call from any thread.</summary>
internal interface IPageFile : IDisposable
{
    /// <summary>What addresses and lengths in memory must be multiples of, in bytes; 1 where it does not matter.</summary>
    int Alignment { get; }

    /// <summary>Writes buffers one behind the other, as many of them as it can.</summary>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="buffers">The buffers, each one page, pinned.</param>
    PageFileResult Write(long offset, ReadOnlySpan<nint> buffers);

    /// <summary>Fills buffers one behind the other, as many of them as it can.</summary>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="buffers">The buffers, each one page, pinned.</param>
    PageFileResult Read(long offset, ReadOnlySpan<nint> buffers);

    /// <summary>Gives the blocks of a part of the file back to the file system; false where it cannot.</summary>
    bool TryPunchHole(long offset, long bytes);
}
