using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>A world that does one thing wrong.</summary>
internal sealed class FaultyWorld(ICaseWorld behind, ModelError error) : ICaseWorld
{
    public Outcome Perform(ConformanceOperation operation) => (error, operation) switch
    {
        (ModelError.UnmapForgetsItsLastPage, UnmapOperation unmap) when unmap.Length.Bytes > 2 * Page.SizeBytes && unmap.Length.Bytes < 1 << 20 =>
            behind.Perform(unmap with { Length = new ByteAmount(unmap.Length.Bytes - Page.SizeBytes) }),
        (ModelError.DiscardDoesNothing, AdviseOperation { Advice: LinuxAdvice.DontNeed } advise) =>
            behind.Perform(advise with { Advice = LinuxAdvice.Normal }),
        (ModelError.StoresAreLostInChildren, WriteByteOperation { Process: > 0 } write) =>
            behind.Perform(new ReadByteOperation(write.Process, write.Address)) with { Value = null },
        (ModelError.TruncationDoesNothing, ObjectTruncateOperation) => Outcome.Done,
        (ModelError.ProtectGrantsStores, ProtectOperation { Protection: LinuxProtection.Read } protect) =>
            behind.Perform(protect with { Protection = LinuxProtection.Read | LinuxProtection.Write }),
        (ModelError.EveryFaultIsMapError, _) => WithMapError(behind.Perform(operation)),
        (ModelError.FixedNeverReplaces, MapOperation map) when (map.Flags & LinuxMapFlags.Fixed) != 0 =>
            behind.Perform(map with { Flags = map.Flags | LinuxMapFlags.FixedNoReplace }),
        (ModelError.MovesAreDuplicates, RemapOperation remap) when (remap.Flags & LinuxRemapFlags.MayMove) != 0 && remap.OldLength == remap.NewLength =>
            behind.Perform(remap with { Flags = remap.Flags | LinuxRemapFlags.DontUnmap }),
        (ModelError.HolesAreIgnored, ObjectPunchOperation) => Outcome.Done,
        (ModelError.LocksAreIgnored, LockOperation) => Outcome.Done,
        _ => behind.Perform(operation),
    };

    public void Dispose() => behind.Dispose();

    private static Outcome WithMapError(Outcome outcome) =>
        outcome.Fault == "SEGV_ACCERR" ? outcome with { Fault = "SEGV_MAPERR" } : outcome;
}
