namespace MmuNotifiers.Primary;

/// <summary>What a copy of an address space is for.</summary>
internal enum ForkMode
{
    /// <summary>A child process, as fork(2) makes it: advice decides what it inherits, locks are not inherited.</summary>
    Child,

    /// <summary>A copy to be saved: everything, as it is, whatever advice says of children.</summary>
    Snapshot,
}
