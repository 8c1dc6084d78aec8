namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>Errors that a primary MMU or its secondaries could have; each must be found by comparing them with a kernel.</summary>
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
    FaultsNameTheFirstByte,
    TheHeapNeverShrinks,
    WipingIsForgotten,
    GuardsAreIgnored,
    EverythingIsResident,
    DevicesKeepWhatTheyRead,
}
