namespace MmuNotifiers.Primary;

/// <summary>What a call of <see cref="AddressSpace.TryReap"/> has counted so far.</summary>
internal struct ReapTally
{
    /// <summary>Translations of frames that were taken away.</summary>
    internal long ReapedPages;

    /// <summary>Pages that stayed because they are pinned, in areas that were reaped.</summary>
    internal long PinnedPages;
}
