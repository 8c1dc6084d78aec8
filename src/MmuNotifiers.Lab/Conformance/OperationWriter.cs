using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Writes operations in the form in which <see cref="OperationReader"/> reads them.</summary>
internal static class OperationWriter
{
    /// <summary>A plus sign is written as such.</summary>
    internal static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The operation as JSON, without its expectation: for messages.</summary>
    internal static string Describe(ConformanceOperation operation)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, OperationWriter.Options))
        {
            Write(json, operation with { Expectation = Expectation.Anything });
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Writes the operation with its expectation.</summary>
    internal static void Write(Utf8JsonWriter json, ConformanceOperation operation)
    {
        json.WriteStartObject();
        WriteArguments(json, operation);
        if (operation.Expectation != Expectation.Anything)
        {
            WriteExpectation(json, operation.Expectation);
        }

        json.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter json, ConformanceOperation operation)
    {
        switch (operation)
        {
            case MapOperation map:
                WriteMap(json, map);
                break;
            case RemapOperation remap:
                WriteRemap(json, remap);
                break;
            case UnmapOperation item:
                WriteRange(json, "unmap", item.Process, item.Address, item.Length);
                break;
            case ProtectOperation item:
                WriteRange(json, "protect", item.Process, item.Address, item.Length);
                json.WriteString("prot", FlagNames.ProtectionText((uint)item.Protection));
                break;
            case AdviseOperation item:
                WriteRange(json, "advise", item.Process, item.Address, item.Length);
                json.WriteString("advice", FlagNames.Advice.TextOf((uint)item.Advice));
                break;
            case LockOperation item:
                WriteRange(json, "mlock", item.Process, item.Address, item.Length);
                break;
            case UnlockOperation item:
                WriteRange(json, "munlock", item.Process, item.Address, item.Length);
                break;
            case ResidentOperation item:
                WriteRange(json, "mincore", item.Process, item.Address, item.Length);
                break;
            case SyncOperation item:
                WriteRange(json, "msync", item.Process, item.Address, item.Length);
                WriteNames(json, FlagNames.Sync.TextsOf((uint)item.Flags));
                break;
            case FillOperation item:
                WriteRange(json, "fill", item.Process, item.Address, item.Length);
                json.WriteNumber("value", item.Value);
                break;
            case BreakOperation item:
                WriteHead(json, "brk", item.Process);
                WriteAmount(json, "delta", item.Delta);
                break;
            case ForkOperation item:
                WriteHead(json, "fork", item.Process);
                json.WriteNumber("child", item.Child);
                break;
            case ExitOperation:
                WriteHead(json, "exit", operation.Process);
                break;
            case LayoutOperation item:
                WriteHead(json, "layout", item.Process);
                WritePlace(json, item.Place);
                break;
            case ReadByteOperation item:
                WriteByteAccess(json, "read1", item.Process, item.Address, null);
                break;
            case WriteByteOperation item:
                WriteByteAccess(json, "write1", item.Process, item.Address, item.Value);
                break;
            case DeviceReadByteOperation item:
                WriteByteAccess(json, "dev_read1", item.Process, item.Address, null);
                break;
            case DeviceWriteByteOperation item:
                WriteByteAccess(json, "dev_write1", item.Process, item.Address, item.Value);
                break;
            default:
                WriteObjectArguments(json, operation);
                break;
        }
    }

    private static void WriteMap(Utf8JsonWriter json, MapOperation map)
    {
        WriteHead(json, "map", map.Process);
        WriteAmount(json, "addr", map.Address);
        WriteAmount(json, "len", map.Length);
        json.WriteString("prot", FlagNames.ProtectionText((uint)map.Protection));
        WriteNames(json, FlagNames.Map.TextsOf((uint)map.Flags));
        WriteObject(json, map.Object);
        WriteAmount(json, "off", map.Offset);
    }

    private static void WriteRemap(Utf8JsonWriter json, RemapOperation remap)
    {
        WriteHead(json, "remap", remap.Process);
        WriteAmount(json, "old", remap.Old);
        WriteAmount(json, "old_len", remap.OldLength);
        WriteAmount(json, "new_len", remap.NewLength);
        WriteNames(json, FlagNames.Remap.TextsOf((uint)remap.Flags));
        WriteAmount(json, "new", remap.New);
    }

    private static void WriteObjectArguments(Utf8JsonWriter json, ConformanceOperation operation)
    {
        switch (operation)
        {
            case ObjectReadOperation item:
                WriteTransfer(json, "obj_read_into", item.Process, item.Object, item.Address, item.Length, item.Offset);
                break;
            case ObjectWriteOperation item:
                WriteTransfer(json, "obj_write_from", item.Process, item.Object, item.Address, item.Length, item.Offset);
                break;
            case ObjectReadByteOperation item:
                WriteHead(json, "obj_read1", item.Process);
                WriteObject(json, item.Object);
                WriteAmount(json, "off", item.Offset);
                break;
            case ObjectWriteByteOperation item:
                WriteHead(json, "obj_write1", item.Process);
                WriteObject(json, item.Object);
                WriteAmount(json, "off", item.Offset);
                json.WriteNumber("value", item.Value);
                break;
            case ObjectTruncateOperation item:
                WriteHead(json, "obj_truncate", item.Process);
                WriteObject(json, item.Object);
                WriteAmount(json, "size", item.Size);
                break;
            case ObjectPunchOperation item:
                WriteHead(json, "obj_punch_hole", item.Process);
                WriteObject(json, item.Object);
                WriteAmount(json, "off", item.Offset);
                WriteAmount(json, "len", item.Length);
                break;
            default:
                throw new ArgumentException($"The operation {operation} has no form in a file.", nameof(operation));
        }
    }

    private static void WriteTransfer(
        Utf8JsonWriter json, string kind, int process, ObjectReference target, ByteAmount address, ByteAmount length, ByteAmount offset)
    {
        WriteHead(json, kind, process);
        WriteObject(json, target);
        WriteAmount(json, "addr", address);
        json.WriteString("len", length.ToString());
        WriteAmount(json, "off", offset);
    }

    private static void WriteRange(Utf8JsonWriter json, string kind, int process, ByteAmount address, ByteAmount length)
    {
        WriteHead(json, kind, process);
        WriteAmount(json, "addr", address);
        WriteAmount(json, "len", length);
    }

    private static void WriteByteAccess(Utf8JsonWriter json, string kind, int process, ByteAmount address, byte? value)
    {
        WriteHead(json, kind, process);
        WriteAmount(json, "addr", address);
        if (value is { } stored)
        {
            json.WriteNumber("value", stored);
        }
    }

    private static void WriteHead(Utf8JsonWriter json, string kind, int process)
    {
        json.WriteString("op", kind);
        json.WriteNumber("p", process);
    }

    private static void WriteObject(Utf8JsonWriter json, ObjectReference? target)
    {
        if (target is not { } reference)
        {
            json.WriteNull("obj");
        }
        else if (reference is { IsBad: false, Access: AccessRights.ReadWrite })
        {
            json.WriteNumber("obj", reference.Id);
        }
        else
        {
            json.WriteString("obj", reference.ToString());
        }
    }

    private static void WritePlace(Utf8JsonWriter json, LayoutPlace place)
    {
        if (place == LayoutPlace.Heap)
        {
            json.WriteString("of", "heap");
        }
    }

    private static void WriteNames(Utf8JsonWriter json, IEnumerable<string> names) => WriteTexts(json, "flags", names);

    private static void WriteTexts(Utf8JsonWriter json, string property, IEnumerable<string> texts)
    {
        json.WriteStartArray(property);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    internal static void WriteAmount(Utf8JsonWriter json, string property, ByteAmount? amount)
    {
        if (amount is not { } value)
        {
            json.WriteNull(property);
        }
        else if ((value.Bytes & Page.OffsetMask) == 0 && value.Bytes >> Page.Shift < 1 << 20)
        {
            json.WriteNumber(property, value.Bytes >> Page.Shift);
        }
        else
        {
            json.WriteString(property, value.ToString());
        }
    }

    private static void WriteExpectation(Utf8JsonWriter json, Expectation expectation)
    {
        json.WriteStartObject("expect");
        if (expectation.Ret is { } ret)
        {
            WriteResult(json, "ret", ret);
        }

        if (expectation.RetNot is { } wrong)
        {
            WriteResult(json, "ret_not", wrong);
        }

        if (expectation.Errno is not null)
        {
            json.WriteString("errno", expectation.Errno);
        }

        if (expectation.Fault is not null)
        {
            json.WriteString("fault", expectation.Fault);
        }

        if (expectation.FaultAt is { } address)
        {
            WriteAmount(json, "fault_at", address);
        }

        if (expectation.Resident is not null)
        {
            json.WriteString("resident", expectation.Resident);
        }

        if (expectation.Value is { } value)
        {
            json.WriteNumber("value", value);
        }

        if (expectation.Layout is not null)
        {
            WriteTexts(json, "layout", expectation.Layout);
        }

        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, string property, ByteAmount amount)
    {
        if (amount.IsPlain)
        {
            json.WriteNumber(property, unchecked((long)amount.PlainNumber));
        }
        else
        {
            json.WriteString(property, amount.ToString());
        }
    }
}
