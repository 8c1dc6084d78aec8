using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Calls that change or look at areas.</summary>
internal sealed partial class CaseWorld
{
    /// <summary>A buffer for mincore never needs to be longer: what is asked beyond is refused before anything is stored.</summary>
    private const ulong MaxResidentPages = 1 << 20;

    /// <summary>Answers are kept for as many pages.</summary>
    private const ulong MaxShownPages = 64;

    private Outcome PerformOnAreas(CaseProcess process, ConformanceOperation operation)
    {
        AddressSpace space = process.Space;
        return operation switch
        {
            MapOperation map => Map(space, map),
            UnmapOperation unmap => Outcome.Of(space.Unmap(Absolute(unmap.Address), unmap.Length.Bytes)),
            ProtectOperation protect => Outcome.Of(
                space.Protect(Absolute(protect.Address), protect.Length.Bytes, LinuxArguments.RightsToCheck(protect.Protection))),
            RemapOperation remap => Address(space.Move(
                Absolute(remap.Old), remap.OldLength.Bytes, remap.NewLength.Bytes, (MoveFlags)remap.Flags, AbsoluteOrZero(remap.New))),
            AdviseOperation advise => Outcome.Of(space.Advise(Absolute(advise.Address), advise.Length.Bytes, (Advice)advise.Advice)),
            LockOperation item => Outcome.Of(space.Lock(Absolute(item.Address), item.Length.Bytes)),
            UnlockOperation item => Outcome.Of(space.Unlock(Absolute(item.Address), item.Length.Bytes)),
            SyncOperation sync => Outcome.Of(space.Sync(Absolute(sync.Address), sync.Length.Bytes, (SyncFlags)sync.Flags)),
            ResidentOperation resident => Resident(space, resident),
            BreakOperation heap => Break(process, heap),
            LayoutOperation layout => new Outcome { Layout = Layout(space, PlaceOf(layout.Place)) },
            _ => throw new ArgumentException($"The operation {operation} is none of those on areas.", nameof(operation)),
        };
    }

    private Outcome Map(AddressSpace space, MapOperation map)
    {
        Errno refused = LinuxArguments.RefusalOf(map.Flags, map.Object is { IsBad: false }, map.Offset.Bytes, map.Length.Bytes);
        if (refused != Errno.None)
        {
            return Outcome.Of(refused);
        }

        bool isAnonymous = (map.Flags & LinuxMapFlags.Anonymous) != 0;
        MapRequest request = new(map.Length.Bytes, LinuxArguments.RightsOf(map.Protection), LinuxArguments.MapFlagsOf(map.Flags))
        {
            Address = AbsoluteOrZero(map.Address),
            Object = !isAnonymous && map.Object is { IsBad: false } reference ? HandleOf(reference) : null,
            OffsetBytes = map.Offset.Bytes,
        };
        return Address(space.Map(in request));
    }

    private Outcome Resident(AddressSpace space, ResidentOperation resident)
    {
        // The whole length is passed on, since its check is a part of the semantics; answers beyond the buffer are never written.
        ulong pages = resident.Length.Bytes > MaxResidentPages << Page.Shift ? 0 : Page.Count(resident.Length.Bytes);
        bool[] answers = new bool[pages];
        Errno error = space.Resident(Absolute(resident.Address), resident.Length.Bytes, answers);
        return error != Errno.None || pages > MaxShownPages
            ? Outcome.Of(error)
            : Outcome.Done with { Resident = string.Concat(answers.Select(isResident => isResident ? '1' : '0')) };
    }

    private static Outcome Break(CaseProcess process, BreakOperation heap)
    {
        bool isBackwards = unchecked((long)heap.Delta.Bytes) < 0;
        VirtualAddress from = isBackwards ? process.Space.HeapEnd : process.HeapStart;
        return Outcome.At(process.Space.SetHeapEnd(from + heap.Delta.Bytes).Address - process.HeapStart);
    }

    private AddressRange PlaceOf(LayoutPlace place) => place == LayoutPlace.Window
        ? _window
        : AddressRange.FromLength(CaseGeometry.HeapStart, CaseGeometry.HeapRoomBytes);

    private List<string> Layout(AddressSpace space, AddressRange place)
    {
        List<string> lines = [];
        foreach (AreaInfo area in space.Layout())
        {
            AddressRange inside = area.Range.Intersect(place);
            if (inside.IsEmpty)
            {
                continue;
            }

            string name = NameOf(area);
            ulong offset = name == "-" ? 0 : area.PageOffset + inside.Start.PageNumber - area.Range.Start.PageNumber;
            lines.Add(LayoutText.Of((inside.Start - place.Start) >> Page.Shift, inside.Pages, area.Rights, area.IsShared, name, offset));
        }

        return lines;
    }

    private string NameOf(AreaInfo area)
    {
        if (area.Handle is null)
        {
            return "-";
        }

        foreach ((int id, SharedMemoryObject item) in _objects)
        {
            if (ReferenceEquals(item, area.Handle.Object))
            {
                return $"o{id}";
            }
        }

        return "shm";
    }

    private Outcome Address(AddressResult result) => result.Succeeded ? Outcome.At(Relative(result.Address)) : Outcome.Of(result.Error);

    private VirtualAddress AbsoluteOrZero(ByteAmount? address) => address is { } relative ? Absolute(relative) : VirtualAddress.Zero;
}
