using System.Globalization;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay.Oracles;

/// <summary>
/// The kernel's own faults as an oracle. A recorded fault matches if the access faults here too, and for the same reason: the
/// page was missing in both, or present and protected in both, or the access was illegal in both.
/// </summary>
internal sealed class FaultOracle
{
    /// <summary>The longest that a recorded fault is believed to have been on its way.</summary>
    private const long HandlingNanoseconds = 20_000;

    /// <summary>Below is the first page that a process can map (vm.mmap_min_addr): what faults there is a null pointer.</summary>
    private const ulong LowestMapped = 0x1_0000;

    private readonly Tally _mismatches = new();

    /// <summary>The last fault on each page, by the number of the space and of the page.</summary>
    private readonly Dictionary<(int Space, ulong Page), EarlierFault> _lastFaults = [];

    /// <summary>The last event of each thread.</summary>
    private readonly Dictionary<int, TraceEvent> _lastEvents = [];

    /// <summary>Everything that did not match.</summary>
    public Tally Mismatches => _mismatches;

    /// <summary>Faults that matched because they were raised before an earlier one on the same page was handled.</summary>
    public long RaisedTwice { get; private set; }

    /// <summary>Faults that matched only because reclaim had taken their page here, see <see cref="Compare"/>.</summary>
    public long AfterReclaim { get; private set; }

    /// <summary>The recording goes on with an event. Called for each, after <see cref="Compare"/>.</summary>
    public void Follow(TraceEvent item) => _lastEvents[item.ThreadId] = item;

    /// <summary>Compares one recorded fault with what happened here.</summary>
    /// <param name="space">Where.</param>
    /// <param name="fault">What was recorded.</param>
    /// <param name="area">The area, or null if nothing is mapped.</param>
    /// <param name="page">The page as it was known before, or null if the program had not touched it.</param>
    /// <param name="result">What happened here.</param>
    /// <param name="wasReclaimed">
    /// Whether reclaim may have taken the page here since it was used last. Then the access takes another kind of fault than it did without
    /// a limit, or none if a device, or the oracle, had brought the page back writable: so it is not held against the primary as long as the
    /// access went through.
    /// </param>
    public FaultMismatch Compare(
        ReplayedSpace space, PageFaultEvent fault, ModelArea? area, ModelPage? page, AccessResult result, bool wasReclaimed)
    {
        FaultMismatch mismatch = result.Succeeded
            ? CompareFault(space, fault, area, page, result.Kind)
            : CompareRefusal(fault, area);
        (int, ulong) key = (space.Model.Number, fault.Address.PageNumber);
        if (mismatch != FaultMismatch.None && _lastFaults.TryGetValue(key, out EarlierFault earlier) && WasOnItsWay(earlier, fault))
        {
            RaisedTwice++;
            mismatch = FaultMismatch.None;
        }

        if (mismatch != FaultMismatch.None && wasReclaimed && result.Succeeded)
        {
            AfterReclaim++;
            mismatch = FaultMismatch.None;
        }

        _lastFaults[key] = new EarlierFault(fault, mismatch == FaultMismatch.None);
        if (mismatch != FaultMismatch.None)
        {
            _mismatches.Add(mismatch.ToString(), Explain(mismatch), fault, () => Describe(fault, area, result));
        }

        return mismatch;
    }

    /// <summary>An access that the recorded program made without a fault faulted here.</summary>
    public void Unexpected(TraceEvent item, VirtualAddress address, AccessRights access, AccessResult result) =>
        _mismatches.Add(
            "FaultedHereOnly",
            "The program made the access without a fault, and it faulted here.",
            item,
            () => $"{access} at {address}: {result.Result}, {result.Kind}");

    /// <summary>
    /// Whether an earlier fault on the same page was still on its way when this one was raised, so that one handling served both. The
    /// processor raises a fault on what it finds, and here the page is there already:
    /// <code>
    ///   thread 1               thread 2               or    thread 1, in a system call
    ///   fault raised                                        fault raised with page faults disabled: not handled
    ///     handling             fault raised                 fault raised again
    ///     page in place          page is there              handling, page in place
    /// </code>
    /// Neither thread had another event in between, and the earlier fault matched with the same error code.
    /// </summary>
    private bool WasOnItsWay(in EarlierFault earlier, PageFaultEvent fault)
    {
        bool handlerWasBusy = _lastEvents.TryGetValue(earlier.Fault.ThreadId, out TraceEvent? last) && ReferenceEquals(last, earlier.Fault);
        bool triedTwice = earlier.Fault.ThreadId == fault.ThreadId && fault.InKernel && earlier.Fault.InKernel;
        return earlier.Matched
            && handlerWasBusy
            && earlier.Fault.WasPresent == fault.WasPresent
            && (triedTwice || earlier.Fault.ThreadId != fault.ThreadId)
            && fault.Nanoseconds - earlier.Fault.Nanoseconds < HandlingNanoseconds;
    }

    private static FaultMismatch CompareFault(ReplayedSpace space, PageFaultEvent fault, ModelArea? area, ModelPage? page, FaultKind kind)
    {
        if (kind is FaultKind.None or FaultKind.Spurious)
        {
            return WhyNoFault(space, fault, area, page);
        }

        bool presentHere = kind is FaultKind.CopyOnWrite or FaultKind.Reuse or FaultKind.ZeroPageReplaced or FaultKind.MadeWritable;
        if (presentHere == fault.WasPresent)
        {
            return FaultMismatch.None;
        }

        if (space.Raced.ContainsKey(fault.Address.PageNumber))
        {
            return FaultMismatch.DeviceFirst;
        }

        return fault.WasPresent ? FaultMismatch.PresentThere
            : page is not null ? FaultMismatch.TakenByKernel
            : area?.Backing is not null ? FaultMismatch.NotCached
            : FaultMismatch.PresentHere;
    }

    private static FaultMismatch WhyNoFault(ReplayedSpace space, PageFaultEvent fault, ModelArea? area, ModelPage? page)
    {
        if (space.Raced.ContainsKey(fault.Address.PageNumber))
        {
            return FaultMismatch.DeviceFirst;
        }

        if (fault.WasPresent && fault.IsWrite && area is { Kind: ModelAreaKind.SharedObject, Backing.NoticesWrites: true })
        {
            return FaultMismatch.WrittenBack;
        }

        return page is not null ? FaultMismatch.TakenByKernel
            : area?.Backing is not null ? FaultMismatch.NotCached
            : FaultMismatch.PresentHere;
    }

    private static FaultMismatch CompareRefusal(PageFaultEvent fault, ModelArea? area)
    {
        if (area is null)
        {
            return fault.Address.Value < LowestMapped ? FaultMismatch.None : FaultMismatch.NotMapped;
        }

        return area.Allows(AccessOf(fault)) ? FaultMismatch.RefusedHere : FaultMismatch.None;
    }

    /// <summary>What a recorded fault wanted to do.</summary>
    public static AccessRights AccessOf(PageFaultEvent fault) =>
        fault.IsWrite ? AccessRights.Write
        : (fault.Error & PageFaultError.InstructionFetch) != 0 ? AccessRights.Execute
        : AccessRights.Read;

    private static string Describe(PageFaultEvent fault, ModelArea? area, AccessResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{AccessOf(fault)} at {fault.Address} recorded as [{fault.Error}], here {result.Result}, {result.Kind}; {Describe(area)}");

    private static string Describe(ModelArea? area) => area is null
        ? "nothing mapped"
        : $"{area.Kind} area {area.Range} {area.Rights} {area.Backing?.Name}".TrimEnd();

    private static string Explain(FaultMismatch mismatch) => mismatch switch
    {
        FaultMismatch.NotCached => "Mapped here by fault-around; not in the page cache, or locked, when it was recorded.",
        FaultMismatch.WrittenBack => "The kernel had written the page of a shared file mapping back and write-protected it.",
        FaultMismatch.TakenByKernel => "The kernel had taken the page away without a call of the program (reclaim, migration).",
        FaultMismatch.PresentThere => "The kernel had brought the page in by itself, inside a system call.",
        FaultMismatch.PresentHere => "The page is present here and was not on the recorded machine.",
        FaultMismatch.DeviceFirst => "A device, running beside the program, had faulted the page in first.",
        FaultMismatch.NotMapped => "Nothing is mapped here at the address: the recording lacks a call, or the program was wrong.",
        FaultMismatch.RefusedHere => "The access was refused here although the area allows it.",
        _ => throw new ArgumentOutOfRangeException(nameof(mismatch), mismatch, "No explanation."),
    };

    /// <summary>A fault on a page, and whether it matched.</summary>
    private readonly record struct EarlierFault(PageFaultEvent Fault, bool Matched);
}
