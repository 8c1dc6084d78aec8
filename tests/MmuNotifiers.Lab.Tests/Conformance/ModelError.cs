namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>Errors that a primary MMU could have; each must be found by comparing it with a kernel.</summary>
public enum ModelError
{
    UnmapForgetsItsLastPage,
    DiscardDoesNothing,
    StoresAreLostInChildren,
    TruncationDoesNothing,
    ProtectGrantsStores,
    EveryFaultIsMapError,
    FixedNeverReplaces,
    MovesAreDuplicates,
    HolesAreIgnored,
    LocksAreIgnored,
}
