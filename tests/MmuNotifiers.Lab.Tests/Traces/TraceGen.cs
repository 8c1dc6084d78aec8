using System.Collections.Immutable;
using CsCheck;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>Random traces that obey the rules of a writer: time does not go back, files are introduced before they are named.</summary>
internal static class TraceGen
{
    private static readonly Gen<VirtualAddress> Address = Gen.OneOf(
        Gen.ULong.Select(value => new VirtualAddress(value)),
        Gen.ULong[0, 0x7fff_ffff_ffff].Select(value => new VirtualAddress(value)));

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 20],
        Gen.OneOf(Gen.Const("/tmp/mit Leerzeichen"), Gen.Const("größe"), Gen.Const("//anon"), Gen.Const("日本")));

    private static readonly Gen<LinuxProtection> Protection = Gen.UInt.Select(value => (LinuxProtection)value);

    private static readonly Gen<LinuxMapFlags> Flags = Gen.UInt.Select(value => (LinuxMapFlags)value);

    private static readonly Gen<long> Result = Gen.OneOf(Gen.Long, Gen.Long[-4095, 0]);

    private static Gen<PageAccess> Access { get; } =
        Gen.Select(Address, Gen.Int[1, 7], (address, kinds) => new PageAccess(address, (PageAccessKinds)kinds));

    private static Gen<TraceFile> File { get; } =
        Gen.Select(Gen.Int[0, 5], Text, Gen.ULong, Gen.ULong, Gen.ULong, Gen.Bool)
            .Select((kind, path, device, inode, size, bound) => new TraceFile(0, (TraceFileKind)kind, path, device, inode, size, bound));

    private static Gen<TraceStamp> Stamp { get; } =
        Gen.Select(Gen.Long[0, 5_000_000], Gen.Int[1, 4], Gen.OneOf(Gen.Int[1, 4], Gen.Int))
            .Select((elapsed, process, thread) => new TraceStamp(elapsed, process, thread));

    public static Gen<TraceHeader> Header { get; } =
        Gen.Select(
            Gen.Int[0, 4], Text.Array[0, 4], Gen.DateTimeOffset.Nullable(), Text, Gen.Int.Nullable(), Gen.Bool.Nullable())
            .Select((origin, words, at, text, number, truth) => new TraceHeader
            {
                Origin = (TraceOrigin)origin,
                Command = [.. words],
                RecordedAt = at,
                Recorder = text,
                TouchRule = text,
                Host = new TraceHost { Kernel = text, Processors = number, FaultAroundBytes = number, HugePagesDisabledForProgram = truth },
                Notes = [.. words],
            });

    public static Gen<TraceEvent[]> Events { get; } = Gen.Int[0, 5].SelectMany(files =>
        Gen.Select(Event(files).Array[0, 200], File.Array[files], Order));

    private static Gen<TraceEvent> Event(int files)
    {
        Gen<int> fileId = Gen.Int[0, files];
        Gen<InitialArea> area = Gen.Select(Gen.Int[0, 5], Address, Gen.ULong, Protection, Flags, fileId, Gen.ULong)
            .Select((kind, start, length, protection, flags, file, offset) =>
                new InitialArea((InitialAreaKind)kind, start, length, protection, flags, file, offset));
        return Gen.OneOf<TraceEvent>(
            Gen.Select(Stamp, Address, Gen.UInt, (s, a, e) => (TraceEvent)new PageFaultEvent(s, a, (PageFaultError)e)),
            Gen.Select(Stamp, Address, Gen.ULong, Gen.Bool, (s, a, p, w) => (TraceEvent)new TouchEvent(s, a, p, w ? TouchAccess.Write : TouchAccess.Read)),
            Gen.Select(Stamp, Access.Array[1, 40], (s, a) => (TraceEvent)new AccessesEvent(s, [.. a])),
            Gen.Select(Stamp, Text, area.Array[0, 5], (s, t, a) => (TraceEvent)new ExecEvent(s, t, [.. a])),
            Gen.Select(Stamp, Gen.Int, Gen.Int, Gen.ULong, (s, p, t, f) => (TraceEvent)new ForkEvent(s, p, t, (LinuxCloneFlags)f)),
            Gen.Select(Stamp, Gen.ULong[0, 1000], Gen.Bool, (s, n, exit) => exit ? (TraceEvent)new ExitEvent(s) : new LostEvent(s, n)),
            Call(fileId));
    }

    private static Gen<TraceEvent> Call(Gen<int> fileId) =>
        Gen.Select(Gen.Int[0, 14], Stamp, Result, Address, Gen.ULong, Gen.UInt, fileId, Gen.ULong)
            .Select((kind, stamp, result, address, length, bits, file, more) => kind switch
            {
                0 => (TraceEvent)new MapCall(stamp, result, address, length, (LinuxProtection)bits, (LinuxMapFlags)bits, file, more),
                1 => new UnmapCall(stamp, result, address, length),
                2 => new ProtectCall(stamp, result, address, length, (LinuxProtection)bits, (int)more),
                3 => new RemapCall(stamp, result, address, length, more, (LinuxRemapFlags)bits, new VirtualAddress(more)),
                4 => new AdviseCall(stamp, result, address, length, (LinuxAdvice)(int)bits),
                5 => new BreakCall(stamp, result, address),
                6 => new RemapFilePagesCall(stamp, result, address, length, (LinuxProtection)bits, more, (LinuxMapFlags)bits),
                7 => new LockCall(stamp, result, address, length, bits),
                8 => new UnlockCall(stamp, result, address, length),
                9 => new LockAllCall(stamp, result, bits),
                10 => new UnlockAllCall(stamp, result),
                11 => new AttachSharedCall(stamp, result, (int)more, address, bits, file, length),
                12 => new DetachSharedCall(stamp, result, address),
                13 => new ProcessAdviseCall(stamp, result, (int)more, address, length, (LinuxAdvice)(int)bits, bits),
                _ => new SyncCall(stamp, result, address, length, bits),
            });

    private static TraceEvent[] Order(TraceEvent[] events, TraceFile[] files)
    {
        var ordered = new List<TraceEvent>();
        long now = 0;
        foreach (TraceFile file in files)
        {
            int id = ordered.Count + 1;
            ordered.Add(new FileEvent(new TraceStamp(0, 1, 1), file with { Id = id }));
        }

        foreach (TraceEvent item in events)
        {
            now += item.Nanoseconds;
            ordered.Add(item with { Stamp = item.Stamp with { Nanoseconds = now } });
        }

        return [.. ordered];
    }

    public static byte[] Write(TraceHeader header, IEnumerable<TraceEvent> events)
    {
        using var stream = new MemoryStream();
        using var writer = new TraceWriter(stream, header);
        foreach (TraceEvent item in events)
        {
            writer.Write(item);
        }

        writer.Complete();
        return stream.ToArray();
    }

    public static ImmutableArray<TraceEvent> Read(byte[] trace)
    {
        using var reader = new TraceReader(new MemoryStream(trace), "trace");
        return [.. reader.ReadAll()];
    }
}
