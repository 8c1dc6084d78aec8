namespace MmuNotifiers;

/// <summary>
/// What a subscriber may use to prefetch translations instead of faulting for each (the update methods of Quadrics' IOPROC).
/// Both calls are hints that a subscriber may ignore: downgrades are always bracketed as well.
/// </summary>
public interface IUpdateNotifier
{
    /// <summary>
    /// Called after translations were loaded. No lock is held, so they may be gone again: a subscriber that prefetches goes
    /// through the same retry protocol as a fault. May block.
    /// </summary>
    /// <param name="range">The pages whose translations were loaded.</param>
    /// <param name="rights">What the area allows on them.</param>
    void UpdateRange(AddressRange range, AccessRights rights);

    /// <summary>
    /// Called inside the bracket of a change of protection, after its start and before any pte changes. May block.
    /// </summary>
    /// <param name="range">The pages of one area.</param>
    /// <param name="rights">The rights from now on.</param>
    void ChangeProtection(AddressRange range, AccessRights rights);
}
