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
    private const ulong HeapRoomBytes = 1UL << 30;

    /// <summary>The middle of the window: the border between two leaf tables, so that cases cross it.</summary>
    private const ulong WindowMiddle = 0x6000_0020_0000;

    private static readonly VirtualAddress Lowest = new(0x1_0000);
    private static readonly VirtualAddress HeapStart = new(0x5555_0000_0000);
    private static readonly VirtualAddress Highest = new(0x7fff_ffff_f000);

    private readonly PhysicalMemory _memory = new(Frames, FreedFrames.Poisoned);
    private readonly AddressRange _window;
    private readonly ConformanceDevices _devices;

    /// <summary>Left unsealed above the heap's start; only where the heap is to grow, since it could be chosen for a mapping too.</summary>
    private readonly ulong _heapRoomBytes;

    private readonly Dictionary<int, SharedMemoryObject> _objects = [];
    private readonly Dictionary<ObjectReference, ObjectHandle> _handles = [];
    private readonly SortedDictionary<int, CaseProcess> _processes = [];

    internal CaseWorld(ConformanceCase conformanceCase, ConformanceDevices devices)
    {
        ulong pages = conformanceCase.WindowPages;
        _devices = devices;
        _window = AddressRange.FromPages(new VirtualAddress(WindowMiddle) - (pages / 2 << Page.Shift), pages);
        _heapRoomBytes = conformanceCase.Operations.Any(operation => operation is BreakOperation) ? HeapRoomBytes : 0;
        foreach (ConformanceObject item in conformanceCase.Objects)
        {
            _objects.Add(item.Id, new SharedMemoryObject(_memory, item.Size.Bytes));
        }

        _processes.Add(0, NewProcess());
    }

    /// <inheritdoc/>
    public Outcome Perform(ConformanceOperation operation)
    {
        if (!_processes.TryGetValue(operation.Process, out CaseProcess? process))
        {
            return Disagree($"there is no process {operation.Process}");
        }

        Outcome outcome = Perform(process, operation);
        foreach (CaseProcess each in _processes.Values)
        {
            each.Space.AssertInvariants();
        }

        return outcome;
    }

    /// <summary>Ends every process and lets go of every object.</summary>
    /// <returns>Null, or how many frames are still in use that belong to nobody.</returns>
    internal string? Close()
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
        long leaked = _memory.FramesInUse - 1;
        return leaked == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{leaked} frames are in use after the end of every process and object");
    }

    public void Dispose()
    {
        Close();
        _memory.Dispose();
    }

    private static Outcome Disagree(string message) => new() { Disagreement = message };

    private Outcome Perform(CaseProcess process, ConformanceOperation operation) => operation switch
    {
        ReadByteOperation read => ReadByte(process, Absolute(read.Address)),
        WriteByteOperation write => WriteByte(process, Absolute(write.Address), write.Value),
        FillOperation fill => Fill(process, fill),
        DeviceReadByteOperation read => DeviceRead(process, Absolute(read.Address)),
        DeviceWriteByteOperation write => DeviceWrite(process, Absolute(write.Address), write.Value),
        ForkOperation fork => Fork(process, fork),
        ExitOperation => Exit(process, operation.Process),
        ObjectReadOperation or ObjectWriteOperation or ObjectReadByteOperation or ObjectWriteByteOperation or ObjectTruncateOperation
            or ObjectPunchOperation => PerformOnObject(process.Space, operation),
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

    private CaseProcess NewProcess()
    {
        AddressSpace space = new(_memory, new AddressSpaceOptions { HeapStart = HeapStart });
        Seal(space, Lowest, HeapStart);
        Seal(space, HeapStart + _heapRoomBytes, _window.Start);
        Seal(space, _window.End, Highest);
        return new CaseProcess(space, HeapStart);
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
