using System.Text.Json;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Reads one operation of a case from its JSON object. Whatever is wrong ends in a <see cref="FormatException"/> that says what.</summary>
internal static class OperationReader
{
    internal static ConformanceOperation Read(JsonElement json)
    {
        string kind = CaseJson.Text(json, "op");
        int process = json.TryGetProperty("p", out _) ? CaseJson.Number(json, "p", 0, int.MaxValue) : 0;
        ConformanceOperation operation = kind.StartsWith("obj_", StringComparison.Ordinal)
            ? ReadObjectOperation(json, kind, process)
            : ReadAddressOperation(json, kind, process);
        return operation with { Expectation = ReadExpectation(json) };
    }

    private static ConformanceOperation ReadAddressOperation(JsonElement json, string kind, int process) => kind switch
    {
        "map" => new MapOperation(
            process, CaseJson.OptionalAmount(json, "addr"), Length(json), Protection(json), MapFlags(json), OptionalObject(json), Offset(json)),
        "unmap" => new UnmapOperation(process, Address(json), Length(json)),
        "protect" => new ProtectOperation(process, Address(json), Length(json), Protection(json)),
        "remap" => new RemapOperation(
            process, CaseJson.Amount(json, "old"), CaseJson.Amount(json, "old_len"), CaseJson.Amount(json, "new_len"), RemapFlags(json),
            CaseJson.OptionalAmount(json, "new")),
        "advise" => new AdviseOperation(process, Address(json), Length(json), (LinuxAdvice)FlagNames.Advice.ReadOne(json, "advice")),
        "fork" => new ForkOperation(process, CaseJson.Number(json, "child", 0, int.MaxValue)),
        "exit" => new ExitOperation(process),
        "read1" => new ReadByteOperation(process, Address(json)),
        "write1" => new WriteByteOperation(process, Address(json), Value(json)),
        "fill" => new FillOperation(process, Address(json), Length(json), Value(json)),
        "brk" => new BreakOperation(process, CaseJson.Amount(json, "delta")),
        "mlock" => new LockOperation(process, Address(json), Length(json)),
        "munlock" => new UnlockOperation(process, Address(json), Length(json)),
        "msync" => new SyncOperation(process, Address(json), Length(json), (int)FlagNames.Sync.ReadMany(json, "flags")),
        "mincore" => new ResidentOperation(process, Address(json), Length(json)),
        "layout" => new LayoutOperation(process, Place(json)),
        "dev_read1" => new DeviceReadByteOperation(process, Address(json)),
        "dev_write1" => new DeviceWriteByteOperation(process, Address(json), Value(json)),
        _ => throw Unknown(kind),
    };

    private static ConformanceOperation ReadObjectOperation(JsonElement json, string kind, int process)
    {
        ObjectReference target = OptionalObject(json) ?? throw new FormatException($"the operation \"{kind}\" needs an \"obj\"");
        return kind switch
        {
            "obj_read_into" => new ObjectReadOperation(process, target, Address(json), TransferLength(json), Offset(json)),
            "obj_write_from" => new ObjectWriteOperation(process, target, Address(json), TransferLength(json), Offset(json)),
            "obj_read1" => new ObjectReadByteOperation(process, target, Offset(json)),
            "obj_write1" => new ObjectWriteByteOperation(process, target, Offset(json), Value(json)),
            "obj_truncate" => new ObjectTruncateOperation(process, target, CaseJson.Amount(json, "size")),
            "obj_punch_hole" => new ObjectPunchOperation(process, target, Offset(json), Length(json)),
            _ => throw Unknown(kind),
        };
    }

    private static Expectation ReadExpectation(JsonElement json)
    {
        if (!json.TryGetProperty("expect", out JsonElement expect))
        {
            return Expectation.Anything;
        }

        Expectation expectation = new();
        foreach (JsonProperty property in CaseJson.Properties(expect, "expect"))
        {
            expectation = property.Name switch
            {
                "ret" => expectation with { Ret = CaseJson.Amount(expect, "ret") },
                "ret_not" => expectation with { RetNot = CaseJson.Amount(expect, "ret_not") },
                "errno" => expectation with { Errno = CaseJson.Text(expect, "errno") },
                "fault" => expectation with { Fault = CaseJson.Text(expect, "fault") },
                "fault_at" => expectation with { FaultAt = CaseJson.Amount(expect, "fault_at") },
                "resident" => expectation with { Resident = CaseJson.Text(expect, "resident") },
                "value" => expectation with { Value = (byte)CaseJson.Number(expect, "value", 0, byte.MaxValue) },
                "layout" => expectation with { Layout = CaseJson.Texts(expect, "layout") },
                _ => throw new FormatException($"unknown expectation \"{property.Name}\""),
            };
        }

        return expectation;
    }

    private static ByteAmount Address(JsonElement json) => CaseJson.Amount(json, "addr");

    private static ByteAmount Length(JsonElement json) => CaseJson.Amount(json, "len");

    private static ByteAmount Offset(JsonElement json) => json.TryGetProperty("off", out _) ? CaseJson.Amount(json, "off") : default;

    private static LayoutPlace Place(JsonElement json)
    {
        string place = json.TryGetProperty("of", out _) ? CaseJson.Text(json, "of") : "window";
        return place switch
        {
            "window" => LayoutPlace.Window,
            "heap" => LayoutPlace.Heap,
            _ => throw new FormatException($"\"of\" should be window or heap, not \"{place}\""),
        };
    }

    private static byte Value(JsonElement json) => (byte)CaseJson.Number(json, "value", 0, byte.MaxValue);

    private static LinuxProtection Protection(JsonElement json) => (LinuxProtection)FlagNames.ReadProtection(CaseJson.Text(json, "prot"));

    private static LinuxMapFlags MapFlags(JsonElement json) => (LinuxMapFlags)FlagNames.Map.ReadMany(json, "flags");

    private static LinuxRemapFlags RemapFlags(JsonElement json) => (LinuxRemapFlags)FlagNames.Remap.ReadMany(json, "flags");

    /// <summary>
    /// The length of a transfer counts bytes, like its result, when it is a plain number; unless more is expected to be
    /// transferred than that, which can only mean pages.
    /// </summary>
    private static ByteAmount TransferLength(JsonElement json)
    {
        ByteAmount length = Length(json);
        if (!length.IsPlain)
        {
            return length;
        }

        ByteAmount? result = ReadExpectation(json).Ret;
        ulong transferred = result is { IsPlain: true } plain ? plain.PlainNumber : result?.Bytes ?? 0;
        return transferred > length.PlainNumber ? length : new ByteAmount(length.PlainNumber);
    }

    private static ObjectReference? OptionalObject(JsonElement json)
    {
        if (!json.TryGetProperty("obj", out JsonElement element) || element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return ObjectReference.TryParse(element.ToString(), out ObjectReference reference)
            ? reference
            : throw new FormatException($"\"obj\" should be a number, \"N:ro\", \"N:wo\", \"bad\" or null, not {element.GetRawText()}");
    }

    private static FormatException Unknown(string kind) => new($"unknown operation \"{kind}\"");
}
