namespace MmuNotifiers.Primary;

/// <summary>Decides whose memory goes when a pool has no frame left and nothing can be evicted: the owner's part of an out-of-memory killer.</summary>
public interface IOutOfMemoryPolicy
{
    /// <summary>
    /// Chooses an address space whose owner is not needed any more, or is to be killed for the others' sake. Its private pages are taken away at once
    /// (<see cref="AddressSpace.TryReap"/>), and who needed a frame tries again; from then on its owner gets bus errors, and should dispose it.
    /// </summary>
    /// <param name="memory">The pool.</param>
    /// <returns>
    /// The victim; null to kill nobody: then the access that needed a frame ends in <see cref="FaultResult.OutOfMemory"/>. It may be the address space
    /// that needs the frame. Choosing one again that was reaped before is for those whose subscribers refused.
    /// </returns>
    /// <remarks>
    /// Called on the thread that needs the frame, by one thread at a time for each pool. That thread may hold the map lock of an address space and
    /// be inside a fault of a device: the policy must not wait for anybody who uses an address space of the pool, nor allocate frames of it. An
    /// exception passes on to whoever needed the frame.
    /// </remarks>
    AddressSpace? ChooseVictim(PhysicalMemory memory);
}
