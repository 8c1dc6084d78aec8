namespace MmuNotifiers.Primary;

/// <summary>What is done with a page and a swap store.</summary>
public enum SwapOperation
{
    /// <summary>The page is brought in.</summary>
    Read,

    /// <summary>The page is put out.</summary>
    Write,
}
