using System.Globalization;
using System.Text;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Kernel;

/// <summary>A case in the lines in which a running kernel is asked; their form stands in Oracle/Native/oracle.h.</summary>
internal sealed class KernelQuestion
{
    private readonly StringBuilder _text = new();
    private readonly ulong _windowStart;
    private readonly ulong _windowBytes;
    private readonly bool _usesHeap;

    private KernelQuestion(ConformanceCase conformanceCase)
    {
        AddressRange window = CaseGeometry.WindowOf(conformanceCase);
        _windowStart = window.Start.Value;
        _windowBytes = window.LengthBytes;
        _usesHeap = CaseGeometry.UsesHeap(conformanceCase);
    }

    /// <summary>The whole question.</summary>
    internal static string Of(ConformanceCase conformanceCase, KernelDevices devices) =>
        new KernelQuestion(conformanceCase).Write(conformanceCase, devices);

    private string Write(ConformanceCase item, KernelDevices devices)
    {
        ulong place = _usesHeap ? _windowStart - CaseGeometry.HeapStart.Value : _windowStart;
        CaseLimits limits = item.Limits;
        string areas = limits.MoreAreas is { } more ? Hex((ulong)more) : "-";
        Line($"case {place:x} {(_usesHeap ? 1 : 0)} {item.WindowPages:x} {(devices == KernelDevices.Guest && MayHaveGuest(item) ? 1 : 0)} {areas} {Limit(limits.MoreAddresses)} {Limit(limits.Locked)} {Limit(limits.Stack)} {string.Join(' ', item.Objects.Select(each => $"{each.Id}={Hex(each.Size.Bytes)}"))}");
        foreach (ConformanceOperation operation in item.Operations)
        {
            Line($"{operation.Process} {Call(operation)}");
        }

        Line($"run");
        return _text.ToString();
    }

    /// <summary>A guest's window has at most 1 GiB, and a guest takes areas and addresses of its process.</summary>
    private static bool MayHaveGuest(ConformanceCase item) =>
        item.WindowPages <= 1 << 18 && item.Limits is { MoreAreas: null, MoreAddresses: null };

    private string Call(ConformanceOperation operation) => operation switch
    {
        MapOperation map => Text(
            $"map {At(map.Address)} {map.Length.Bytes:x} {(uint)map.Protection:x} {(uint)map.Flags:x} {Descriptor(map.Object)} {map.Offset.Bytes:x}"),
        RemapOperation remap => Text(
            $"remap {At(remap.Old)} {remap.OldLength.Bytes:x} {remap.NewLength.Bytes:x} {(uint)remap.Flags:x} {At(remap.New)}"),
        UnmapOperation item => Range("unmap", item.Address, item.Length),
        ProtectOperation item => Range("protect", item.Address, item.Length, (uint)item.Protection),
        AdviseOperation item => Advise(item),
        LockOperation item => Range("mlock", item.Address, item.Length),
        UnlockOperation item => Range("munlock", item.Address, item.Length),
        SyncOperation item => Range("msync", item.Address, item.Length, (uint)item.Flags),
        ResidentOperation item => Range("mincore", item.Address, item.Length),
        BreakOperation item => Text($"{((long)item.Delta.Bytes < 0 ? "brk_end" : "brk_start")} {item.Delta.Bytes:x}"),
        ForkOperation item => Text($"fork {item.Child:x}"),
        ExitOperation => "exit",
        LayoutOperation { Place: LayoutPlace.Heap } => Text($"layout {Heap(0)} {Heap(CaseGeometry.HeapRoomBytes)}"),
        LayoutOperation => Text($"layout {At(default(ByteAmount))} {At(new ByteAmount(_windowBytes))}"),
        ReadByteOperation item => Text($"read1 {At(item.Address)}"),
        WriteByteOperation item => Text($"fill {At(item.Address)} 1 {item.Value:x}"),
        FillOperation item => Text($"fill {At(item.Address)} {item.Length.Bytes:x} {item.Value:x}"),
        SumPageOperation item => Text($"sum {At(item.Address)} {Page.SizeBytes:x}"),
        KernelOperation item => item.Question,
        DeviceReadByteOperation item => Text($"dev_read1 {At(item.Address)} 0"),
        DeviceWriteByteOperation item => Text($"dev_write1 {At(item.Address)} {item.Value:x}"),
        _ => CallOnObject(operation),
    };

    private string CallOnObject(ConformanceOperation operation) => operation switch
    {
        ObjectReadOperation item => Text(
            $"obj_read_into {Descriptor(item.Object)} {At(item.Address)} {item.Length.Bytes:x} {item.Offset.Bytes:x}"),
        ObjectWriteOperation item => Text(
            $"obj_write_from {Descriptor(item.Object)} {At(item.Address)} {item.Length.Bytes:x} {item.Offset.Bytes:x}"),
        ObjectReadByteOperation item => Text($"obj_read1 {Descriptor(item.Object)} {item.Offset.Bytes:x}"),
        ObjectWriteByteOperation item => Text($"obj_write1 {Descriptor(item.Object)} {item.Offset.Bytes:x} {item.Value:x}"),
        ObjectTruncateOperation item => Text($"obj_truncate {Descriptor(item.Object)} {item.Size.Bytes:x}"),
        ObjectPunchOperation item => Text($"obj_punch_hole {Descriptor(item.Object)} {item.Offset.Bytes:x} {item.Length.Bytes:x}"),
        SumObjectOperation item => Text($"obj_sum {Descriptor(item.Object)}"),
        _ => throw new ArgumentException($"The operation {operation} has no form here.", nameof(operation)),
    };

    /// <summary>Poisoning is real on a kernel that allows it.</summary>
    private string Advise(AdviseOperation item) => item.Advice is (LinuxAdvice)100 or (LinuxAdvice)101
        ? throw new ArgumentException("Pages of the host must not be poisoned.", nameof(item))
        : Range("advise", item.Address, item.Length, (uint)item.Advice);

    private string Range(string call, ByteAmount address, ByteAmount length, uint last = 0) =>
        Text($"{call} {At(address)} {length.Bytes:x} {last:x}");

    /// <summary>An address as the kernel's process will know it; with a heap, everything keeps its distance from the heap's start.</summary>
    private string At(ByteAmount? address) => address is { } relative ? Absolute(unchecked(_windowStart + relative.Bytes)) : "0";

    private string Heap(ulong distance) => Absolute(CaseGeometry.HeapStart.Value + distance);

    private string Absolute(ulong address) => _usesHeap ? $"@{Hex(unchecked(address - CaseGeometry.HeapStart.Value))}" : Hex(address);

    private static string Descriptor(ObjectReference? target) => target switch
    {
        null => "-1",
        { IsBad: true } => "bad",
        { Access: AccessRights.Read } reference => Text($"{(reference.Id * 4) + 1}"),
        { Access: AccessRights.Write } reference => Text($"{(reference.Id * 4) + 2}"),
        { } reference => Text($"{reference.Id * 4}"),
    };

    private static string Limit(ByteAmount? amount) => amount is { } value ? Hex(value.Bytes) : "-";

    private static string Hex(ulong number) => number.ToString("x", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
