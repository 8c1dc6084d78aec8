namespace MmuNotifiers.Secondary.Rdma;

/// <summary>What a card does when it is told that translations were loaded.</summary>
public enum PrefetchPolicy
{
    /// <summary>Nothing: it does not ask to be told.</summary>
    Off,

    /// <summary>
    /// It loads them into its TLB, where they lie in a registered region. A hint pushes nothing out: only free entries are used, and those
    /// that were prefetched before and never used.
    /// </summary>
    OnUpdate,
}
