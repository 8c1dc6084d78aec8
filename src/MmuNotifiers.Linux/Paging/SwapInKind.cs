namespace MmuNotifiers.Linux;

/// <summary>Why a page is fetched from the store.</summary>
internal enum SwapInKind : byte
{
    /// <summary>Somebody waits to load from it.</summary>
    Load = 0,

    /// <summary>Somebody waits to store to it.</summary>
    Store,

    /// <summary>Nobody asked for it yet.</summary>
    Ahead,
}
