namespace MmuNotifiers.Primary;

/// <summary>How a mapping is made; see mmap(2).</summary>
[Flags]
public enum MapFlags
{
    /// <summary>None: refused, since a mapping is either private or shared.</summary>
    None = 0,

    /// <summary>Stores reach the object and everyone who maps it.</summary>
    Shared = 1,

    /// <summary>Stores make private copies.</summary>
    Private = 2,

    /// <summary>No object: zero pages. With <see cref="Shared"/> an object of its own that children share.</summary>
    Anonymous = 4,

    /// <summary>Exactly there; what was mapped there goes.</summary>
    Fixed = 8,

    /// <summary>Exactly there, or EEXIST. Wins over <see cref="Fixed"/>.</summary>
    FixedNoReplace = 16,

    /// <summary>Fault everything in at once.</summary>
    Populate = 32,

    /// <summary>A stack: grows down when the page below is touched.</summary>
    GrowsDown = 64,

    /// <summary>No swap space is set aside. Accepted, without effect.</summary>
    NoReserve = 128,

    /// <summary>Locked as by mlock.</summary>
    Locked = 256,

    /// <summary>
    /// MAP_SYNC, or another flag that is younger than MAP_SHARED_VALIDATE. No object here supports one: EOPNOTSUPP with
    /// <see cref="Shared"/> and <see cref="Private"/> together, else without effect.
    /// </summary>
    Synchronous = 512,
}
