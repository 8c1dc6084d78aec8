using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>A world that does one thing wrong.</summary>
internal sealed class FaultyWorld(ICaseWorld behind, ModelError error) : ICaseWorld
{
    private readonly Dictionary<(int Process, ulong Address), Outcome> _seenByDevices = [];

    public Outcome Perform(ConformanceOperation operation) => (error, operation) switch
    {
        (ModelError.UnmapForgetsItsLastPage, UnmapOperation unmap) when unmap.Length.Bytes > 2 * Page.SizeBytes && unmap.Length.Bytes < 1 << 20 =>
            behind.Perform(unmap with { Length = new ByteAmount(unmap.Length.Bytes - Page.SizeBytes) }),
        (ModelError.DiscardDoesNothing, AdviseOperation { Advice: LinuxAdvice.DontNeed } advise) => AdviseNothing(advise),
        (ModelError.StoresAreLostInChildren, WriteByteOperation { Process: > 0 } write) =>
            behind.Perform(new ReadByteOperation(write.Process, write.Address)) with { Value = null },
        (ModelError.TruncationDoesNothing, ObjectTruncateOperation) => Outcome.Done,
        (ModelError.ProtectGrantsStores, ProtectOperation { Protection: LinuxProtection.Read } protect) =>
            behind.Perform(protect with { Protection = LinuxProtection.Read | LinuxProtection.Write }),
        (ModelError.FixedNeverReplaces, MapOperation map) when (map.Flags & LinuxMapFlags.Fixed) != 0 =>
            behind.Perform(map with { Flags = map.Flags | LinuxMapFlags.FixedNoReplace }),
        (ModelError.MovesAreDuplicates, RemapOperation remap) when (remap.Flags & LinuxRemapFlags.MayMove) != 0 && remap.OldLength == remap.NewLength =>
            behind.Perform(remap with { Flags = remap.Flags | LinuxRemapFlags.DontUnmap }),
        (ModelError.HolesAreIgnored, ObjectPunchOperation) => Outcome.Done,
        (ModelError.LocksAreIgnored, LockOperation) => Outcome.Done,
        (ModelError.TheHeapNeverShrinks, BreakOperation { Delta.Bytes: 0 }) => Outcome.At(0),
        (ModelError.WipingIsForgotten, AdviseOperation { Advice: LinuxAdvice.WipeOnFork } advise) => AdviseNothing(advise),
        (ModelError.GuardsAreIgnored, AdviseOperation { Advice: LinuxAdvice.GuardInstall } advise) => AdviseNothing(advise),
        (ModelError.DevicesKeepWhatTheyRead, DeviceReadByteOperation read) => ReadOnce(read),
        _ => Distort(behind.Perform(operation), operation),
    };

    public string? Close() => behind.Close();

    public void Dispose() => behind.Dispose();

    /// <summary>The right answer, without what should have happened.</summary>
    private Outcome AdviseNothing(AdviseOperation advise) => behind.Perform(advise with { Advice = LinuxAdvice.Normal });

    /// <summary>A device that is never told of an invalidation.</summary>
    private Outcome ReadOnce(DeviceReadByteOperation read)
    {
        (int, ulong) place = (read.Process, read.Address.Bytes);
        if (!_seenByDevices.TryGetValue(place, out Outcome? seen))
        {
            seen = behind.Perform(read);
            _seenByDevices.Add(place, seen);
        }

        return seen;
    }

    private Outcome Distort(Outcome outcome, ConformanceOperation operation) => (error, operation) switch
    {
        (ModelError.EveryFaultIsMapError, _) when outcome.Fault == "SEGV_ACCERR" => outcome with { Fault = "SEGV_MAPERR" },
        (ModelError.FaultsNameTheFirstByte, FillOperation fill) when outcome.Fault is not null => outcome with { FaultAt = fill.Address },
        (ModelError.EverythingIsResident, _) when outcome.Resident is { } resident => outcome with { Resident = new string('1', resident.Length) },
        _ => outcome,
    };
}
