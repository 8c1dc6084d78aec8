using System.Globalization;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>
/// What a case plays in: memory, objects, processes. Each address space has a window; everything outside is mapped without any
/// right, so that addresses which the address space chooses lie in the window, highest first fit.
/// </summary>
internal sealed partial class CaseWorld : ICaseWorld
{
    private const long Frames = 1 << 15;

    private static readonly VirtualAddress Lowest = new(0x1_0000);
    private static readonly VirtualAddress Highest = new(0x7fff_ffff_f000);

    private readonly PhysicalMemory _memory;
    private readonly AddressRange _window;
    private readonly ConformanceDevices _devices;
    private readonly InvariantChecks _checks;

    /// <summary>Left unsealed above the heap's start; only where the heap is to grow, since it could be chosen for a mapping too.</summary>
    private readonly ulong _heapRoomBytes;

    private readonly Dictionary<int, SharedMemoryObject> _objects = [];
    private readonly Dictionary<ObjectReference, ObjectHandle> _handles = [];
    private readonly SortedDictionary<int, CaseProcess> _processes = [];

    /// <summary>Makes the world of a case.</summary>
    /// <param name="conformanceCase">The case.</param>
    /// <param name="devices">What secondary MMUs do meanwhile.</param>
    /// <param name="checks">When invariants are asserted.</param>
    /// <param name="reclaim">How pages may be evicted; null where none are.</param>
    internal CaseWorld(
        ConformanceCase conformanceCase,
        ConformanceDevices devices,
        InvariantChecks checks = InvariantChecks.EachOperation,
        ReclaimOptions? reclaim = null)
    {
        _memory = new PhysicalMemory(Frames, FreedFrames.Poisoned, reclaim);
        _devices = devices;
        _checks = checks;
        _window = CaseGeometry.WindowOf(conformanceCase);
        _heapRoomBytes = CaseGeometry.UsesHeap(conformanceCase) ? CaseGeometry.HeapRoomBytes : 0;
        foreach (ConformanceObject item in conformanceCase.Objects)
        {
            _objects.Add(item.Id, new SharedMemoryObject(_memory, item.Size.Bytes));
        }

        _processes.Add(0, NewProcess(conformanceCase.Limits));
    }

    /// <inheritdoc/>
    public Outcome Perform(ConformanceOperation operation)
    {
        if (!_processes.TryGetValue(operation.Process, out CaseProcess? process))
        {
            return Disagree($"there is no process {operation.Process}");
        }

        Outcome outcome = Perform(process, operation);
        if (_checks == InvariantChecks.EachOperation)
        {
            AssertInvariants();
        }

        return outcome;
    }

    /// <summary>The memory of all its processes and objects.</summary>
    internal PhysicalMemory Memory => _memory;

    /// <summary>The address space of a process, to subscribe to.</summary>
    internal AddressSpace SpaceOf(int process) => _processes[process].Space;

    /// <inheritdoc/>
    public string? Close()
    {
        AssertInvariants();
        LetGo();
        long leaked = _memory.FramesInUse - 1;
        return leaked == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{leaked} frames are in use after the end of every process and object");
    }

    public void Dispose()
    {
        LetGo();
        _memory.Dispose();
    }

    private void AssertInvariants()
    {
        foreach (CaseProcess each in _processes.Values)
        {
            each.Space.AssertInvariants();
        }
    }

    private void LetGo()
    {
        foreach (CaseProcess process in _processes.Values)
        {
            process.Dispose();
        }

        foreach (SharedMemoryObject item in _objects.Values)
        {
            item.Dispose();
        }

        _processes.Clear();
        _objects.Clear();
    }

    private static Outcome Disagree(string message) => new() { Disagreement = message };

    private Outcome Perform(CaseProcess process, ConformanceOperation operation) => operation switch
    {
        ReadByteOperation read => ReadByte(process, Absolute(read.Address)),
        WriteByteOperation write => WriteByte(process, Absolute(write.Address), write.Value),
        FillOperation fill => Fill(process, fill),
        SumPageOperation sum => SumPage(process, Absolute(sum.Address)),
        DeviceReadByteOperation read => DeviceRead(process, Absolute(read.Address)),
        DeviceWriteByteOperation write => DeviceWrite(process, Absolute(write.Address), write.Value),
        ForkOperation fork => Fork(process, fork),
        ExitOperation => Exit(process, operation.Process),
        ObjectReadOperation or ObjectWriteOperation or ObjectReadByteOperation or ObjectWriteByteOperation or ObjectTruncateOperation
            or ObjectPunchOperation or SumObjectOperation => PerformOnObject(process.Space, operation),
        _ => PerformOnAreas(process, operation),
    };

    private Outcome Fork(CaseProcess process, ForkOperation fork)
    {
        if (_processes.ContainsKey(fork.Child))
        {
            return Disagree($"there is a process {fork.Child} already");
        }

        AddressSpace? child = process.Space.Fork();
        if (child is null)
        {
            return Outcome.Of(Errno.ENOMEM);
        }

        _processes.Add(fork.Child, new CaseProcess(child, process.HeapStart));
        return Outcome.Returned((ulong)fork.Child);
    }

    private Outcome Exit(CaseProcess process, int number)
    {
        _processes.Remove(number);
        process.Dispose();
        return Outcome.Done;
    }

    private CaseProcess NewProcess(CaseLimits limits)
    {
        AddressSpaceOptions options = new() { HeapStart = CaseGeometry.HeapStart };
        if (limits != CaseLimits.Usual)
        {
            using AddressSpace sealedOnly = Sealed(options);
            options = WithLimits(limits, [.. sealedOnly.Layout()]);
        }

        return new CaseProcess(Sealed(options), CaseGeometry.HeapStart);
    }

    /// <summary>Limits count from what is mapped at the start.</summary>
    private static AddressSpaceOptions WithLimits(CaseLimits limits, AreaInfo[] mapped)
    {
        AddressSpaceOptions usual = new();
        ulong mappedBytes = mapped.Aggregate(0UL, (sum, area) => sum + area.Range.LengthBytes);
        return new AddressSpaceOptions
        {
            HeapStart = CaseGeometry.HeapStart,
            MaxAreas = limits.MoreAreas is { } areas ? mapped.Length + areas : usual.MaxAreas,
            MaxAddressSpaceBytes = limits.MoreAddresses is { } addresses ? mappedBytes + addresses.Bytes : usual.MaxAddressSpaceBytes,
            MaxLockedBytes = limits.Locked?.Bytes ?? usual.MaxLockedBytes,
            MaxStackBytes = limits.Stack?.Bytes ?? usual.MaxStackBytes,
        };
    }

    private AddressSpace Sealed(AddressSpaceOptions options)
    {
        AddressSpace space = new(_memory, options);
        VirtualAddress heap = CaseGeometry.HeapStart;
        if (_heapRoomBytes != 0)
        {
            Seal(space, Lowest, heap - Page.SizeBytes);
            MapDataBelow(space, heap);
        }
        else
        {
            Seal(space, Lowest, heap);
        }

        Seal(space, heap + _heapRoomBytes, _window.Start);
        Seal(space, _window.End, Highest);
        return space;
    }

    /// <summary>A program's data lies below its heap; nearby stacks keep their distance from it, and the heap does not merge with it.</summary>
    private static void MapDataBelow(AddressSpace space, VirtualAddress heap)
    {
        MapRequest request = new(Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.NoReserve)
        {
            Address = heap - Page.SizeBytes,
        };
        AddressResult data = space.Map(in request);
        if (!data.Succeeded || space.Write(data.Address, [1]).Result != FaultResult.Success)
        {
            throw new InvalidOperationException($"The page below the heap at {heap} cannot be mapped: {data}.");
        }
    }

    private static void Seal(AddressSpace space, VirtualAddress start, VirtualAddress end)
    {
        MapRequest request = new(end - start, AccessRights.None, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.NoReserve)
        {
            Address = start,
        };
        AddressResult sealing = space.Map(in request);
        if (!sealing.Succeeded)
        {
            throw new InvalidOperationException($"The addresses from {start} to {end} cannot be sealed: {sealing}.");
        }
    }

    private VirtualAddress Absolute(ByteAmount address) => _window.Start + address.Bytes;

    private ulong Relative(VirtualAddress address) => address - _window.Start;

    private ObjectHandle HandleOf(ObjectReference reference)
    {
        if (!_handles.TryGetValue(reference, out ObjectHandle? handle))
        {
            handle = new ObjectHandle(_objects[reference.Id], reference.Access);
            _handles.Add(reference, handle);
        }

        return handle;
    }
}
