namespace MmuNotifiers.Secondary;

/// <summary>What a secondary MMU supplies to <see cref="MirrorLoop"/>: when a look-up begins, and its install.</summary>
public interface IMirrorTarget
{
    /// <summary>
    /// Begins a look-up: waits until no open bracket covers the range, if it is worth waiting, and samples the sequence
    /// <b>before</b> the primary is asked. The caller holds no lock.
    /// </summary>
    /// <param name="range">The pages that will be looked up.</param>
    /// <param name="sequence">The value that <see cref="TryInstall"/> is given.</param>
    /// <returns>False if the address space is gone and nothing can be mirrored any more.</returns>
    bool TryReadBegin(AddressRange range, out ulong sequence);

    /// <summary>
    /// Installs translations unless a bracket collided with the look-up. The check and the installation are one step with
    /// respect to the target's own invalidation: both under its user lock, or installed first and checked behind a full fence
    /// while nobody can use them yet.
    /// </summary>
    /// <param name="range">The pages that were looked up.</param>
    /// <param name="translations">One for each page.</param>
    /// <param name="access">The access that they were looked up for; store rights beyond it are not backed by a dirty pte.</param>
    /// <param name="sequence">What <see cref="TryReadBegin"/> gave.</param>
    /// <returns>False if a bracket collided: nothing was installed, and the look-up has to be repeated.</returns>
    bool TryInstall(AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence);
}
