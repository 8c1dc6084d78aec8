namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// The laws of the notifier protocol that a race check watches, I1 to I11. Several may be broken by one access: use after free through
/// an entry that was installed inside a bracket breaks I1 and I2.
/// </summary>
[Flags]
public enum Invariants
{
    /// <summary>None of them: what failed is an assertion or an exception of the scenario's own code.</summary>
    None = 0,

    /// <summary>I1: no access through a secondary MMU reaches a frame after it was freed.</summary>
    UseAfterFree = 1 << 0,

    /// <summary>I2: no translation of a range is used or becomes usable between the start and the end of a bracket over it.</summary>
    InstallInBracket = 1 << 1,

    /// <summary>I3: a translation that is used or installed outside of brackets is the one that the primary has.</summary>
    StaleInstall = 1 << 2,

    /// <summary>I4: outside of brackets, who may write through a secondary MMU may write in the primary.</summary>
    Permission = 1 << 3,

    /// <summary>I5: once a CPU can have written through a new mapping, nobody reads through the old one.</summary>
    Coherence = 1 << 4,

    /// <summary>I6: each subscriber gets one end for each start that it accepted, and none for one that it refused.</summary>
    Pairing = 1 << 5,

    /// <summary>I7: every pte that loses rights or its frame lies inside an open bracket.</summary>
    Coverage = 1 << 6,

    /// <summary>I8: no callback after a subscription has ended, nothing installed after a release.</summary>
    Lifetime = 1 << 7,

    /// <summary>I9: nothing blocks where it must not, and no lock that an invalidation takes is held while one waits for it.</summary>
    Context = 1 << 8,

    /// <summary>I10: what a device wrote is not lost, nor that it wrote.</summary>
    DirtyLost = 1 << 9,

    /// <summary>I11: a fault succeeds once invalidations stop; nobody waits for ever.</summary>
    Liveness = 1 << 10,

    /// <summary>All of them.</summary>
    All = (1 << 11) - 1,
}
