using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>
/// Writes an event as one JSON object. Addresses and bit masks are hexadecimal text, since JSON numbers lose digits above 2^53; lengths
/// and counts are numbers.
/// </summary>
/// <param name="json">Where to write.</param>
internal sealed class EventJsonWriter(Utf8JsonWriter json)
{
    public static string ToText(TraceEvent item)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            new EventJsonWriter(json).Write(item);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Write(TraceEvent item)
    {
        json.WriteStartObject();
        json.WriteString("kind", KindOf(item));
        json.WriteNumber("ns", item.Nanoseconds);
        json.WriteNumber("pid", item.ProcessId);
        json.WriteNumber("tid", item.ThreadId);
        if (item is SystemCallEvent call)
        {
            WriteCall(call);
        }
        else
        {
            WriteOther(item);
        }

        json.WriteEndObject();
    }

    private static string KindOf(TraceEvent item) => item switch
    {
        PageFaultEvent => "pageFault",
        TouchEvent => "touch",
        AccessesEvent => "accesses",
        ExecEvent => "exec",
        ForkEvent => "fork",
        ExitEvent => "exit",
        LostEvent => "lost",
        FileEvent => "file",
        MapCall => "mmap",
        UnmapCall => "munmap",
        ProtectCall => "mprotect",
        RemapCall => "mremap",
        AdviseCall => "madvise",
        BreakCall => "brk",
        RemapFilePagesCall => "remap_file_pages",
        LockCall => "mlock",
        UnlockCall => "munlock",
        LockAllCall => "mlockall",
        UnlockAllCall => "munlockall",
        AttachSharedCall => "shmat",
        DetachSharedCall => "shmdt",
        ProcessAdviseCall => "process_madvise",
        SyncCall => "msync",
        _ => throw new ArgumentException($"{item.GetType().Name} has no place in the trace format.", nameof(item)),
    };

    private void WriteOther(TraceEvent item)
    {
        switch (item)
        {
            case PageFaultEvent fault:
                WriteHex("address", fault.Address.Value);
                WriteHex("error", (uint)fault.Error);
                break;
            case TouchEvent touch:
                WriteHex("address", touch.Address.Value);
                json.WriteNumber("pages", touch.Pages);
                json.WriteString("access", touch.Access is TouchAccess.Write ? "write" : "read");
                break;
            case AccessesEvent accesses:
                WriteAccesses(accesses);
                break;
            case ExecEvent exec:
                WriteExec(exec);
                break;
            case ForkEvent fork:
                json.WriteNumber("childPid", fork.ChildProcessId);
                json.WriteNumber("childTid", fork.ChildThreadId);
                WriteHex("flags", (ulong)fork.Flags);
                break;
            case LostEvent lost:
                json.WriteNumber("count", lost.Count);
                break;
            case FileEvent { File: var file }:
                json.WriteNumber("file", file.Id);
                json.WriteString("fileKind", file.Kind.ToString());
                json.WriteString("path", file.Path);
                json.WriteNumber("device", file.Device);
                json.WriteNumber("inode", file.Inode);
                json.WriteNumber("size", file.SizeBytes);
                json.WriteBoolean("sizeIsLowerBound", file.SizeIsLowerBound);
                break;
        }
    }

    /// <summary>Each access as text: the page's number in base 16 and a letter for each kind (r, w, x).</summary>
    private void WriteAccesses(AccessesEvent item)
    {
        Span<char> text = stackalloc char[24];
        json.WriteStartArray("accesses");
        foreach (PageAccess access in item.Accesses)
        {
            access.Address.PageNumber.TryFormat(text, out int length, "x", CultureInfo.InvariantCulture);
            length = Append(text, length, access.Kinds, PageAccessKinds.Read, 'r');
            length = Append(text, length, access.Kinds, PageAccessKinds.Write, 'w');
            length = Append(text, length, access.Kinds, PageAccessKinds.Execute, 'x');
            json.WriteStringValue(text[..length]);
        }

        json.WriteEndArray();
    }

    private static int Append(Span<char> text, int length, PageAccessKinds kinds, PageAccessKinds kind, char letter)
    {
        if ((kinds & kind) == 0)
        {
            return length;
        }

        text[length] = letter;
        return length + 1;
    }

    private void WriteExec(ExecEvent exec)
    {
        json.WriteString("program", exec.Program);
        json.WriteStartArray("areas");
        foreach (InitialArea area in exec.Areas)
        {
            json.WriteStartObject();
            json.WriteString("area", area.Kind.ToString());
            WriteRange(area.Start, area.LengthBytes);
            WriteHex("protection", (uint)area.Protection);
            WriteHex("flags", (uint)area.Flags);
            json.WriteNumber("file", area.FileId);
            json.WriteNumber("offset", area.OffsetBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteCall(SystemCallEvent item)
    {
        if (item.Failed)
        {
            json.WriteNumber("errno", item.Errno);
        }
        else
        {
            WriteHex("result", (ulong)item.Result);
        }

        switch (item)
        {
            case MapCall call:
                WriteRange(call.Address, call.LengthBytes);
                WriteHex("protection", (uint)call.Protection);
                WriteHex("flags", (uint)call.Flags);
                json.WriteNumber("file", call.FileId);
                json.WriteNumber("offset", call.OffsetBytes);
                break;
            case UnmapCall call:
                WriteRange(call.Address, call.LengthBytes);
                break;
            case ProtectCall call:
                WriteRange(call.Address, call.LengthBytes);
                WriteHex("protection", (uint)call.Protection);
                json.WriteNumber("key", call.ProtectionKey);
                break;
            case RemapCall call:
                WriteRange(call.OldAddress, call.OldLengthBytes);
                json.WriteNumber("newLength", call.NewLengthBytes);
                WriteHex("flags", (uint)call.Flags);
                WriteHex("newAddress", call.NewAddress.Value);
                break;
            case AdviseCall call:
                WriteRange(call.Address, call.LengthBytes);
                json.WriteNumber("advice", (int)call.Advice);
                break;
            case BreakCall call:
                WriteHex("address", call.Address.Value);
                break;
            default:
                WriteRareCall(item);
                break;
        }
    }

    private void WriteRareCall(SystemCallEvent item)
    {
        switch (item)
        {
            case RemapFilePagesCall call:
                WriteRange(call.Address, call.LengthBytes);
                WriteHex("protection", (uint)call.Protection);
                json.WriteNumber("pageOffset", call.PageOffset);
                WriteHex("flags", (uint)call.Flags);
                break;
            case LockCall call:
                WriteRange(call.Address, call.LengthBytes);
                WriteHex("flags", call.Flags);
                break;
            case UnlockCall call:
                WriteRange(call.Address, call.LengthBytes);
                break;
            case LockAllCall call:
                WriteHex("flags", call.Flags);
                break;
            case AttachSharedCall call:
                json.WriteNumber("segment", call.SegmentId);
                WriteRange(call.Address, call.LengthBytes);
                WriteHex("flags", call.Flags);
                json.WriteNumber("file", call.FileId);
                break;
            case DetachSharedCall call:
                WriteHex("address", call.Address.Value);
                break;
            case ProcessAdviseCall call:
                json.WriteNumber("descriptor", call.ProcessFileDescriptor);
                WriteHex("vector", call.Vector.Value);
                json.WriteNumber("count", call.VectorCount);
                json.WriteNumber("advice", (int)call.Advice);
                WriteHex("flags", call.Flags);
                break;
            case SyncCall call:
                WriteRange(call.Address, call.LengthBytes);
                WriteHex("flags", call.Flags);
                break;
        }
    }

    private void WriteRange(VirtualAddress address, ulong lengthBytes)
    {
        WriteHex("address", address.Value);
        json.WriteNumber("length", lengthBytes);
    }

    private void WriteHex(string name, ulong value) => json.WriteString(name, string.Create(CultureInfo.InvariantCulture, $"0x{value:x}"));
}
