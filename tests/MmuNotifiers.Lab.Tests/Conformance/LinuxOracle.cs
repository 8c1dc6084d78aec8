using System.Diagnostics;
using System.Globalization;
using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>The running kernel as a world for cases: a native program (Native/oracle.c) that performs each operation for real.</summary>
internal sealed class LinuxOracle : IDisposable
{
    private readonly Process _process;

    private LinuxOracle(Process process) => _process = process;

    /// <summary>Why there is no oracle on this host, or null.</summary>
    internal static string? WhyMissing() =>
        OperatingSystem.IsLinux() && File.Exists("/usr/bin/cc") ? null : "the kernel is asked through a program that /usr/bin/cc compiles on Linux";

    /// <summary>Compiles and starts the program.</summary>
    internal static LinuxOracle Start()
    {
        string source = Path.Combine(RepositoryFiles.Root, "tests", "MmuNotifiers.Lab.Tests", "Conformance", "Native", "oracle.c");
        string program = Path.Combine(Path.GetTempPath(), $"mmun-oracle-{Environment.ProcessId}-{Guid.NewGuid():N}");
        using (Process compiler = Process.Start("/usr/bin/cc", ["-O1", "-o", program, source]))
        {
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
        }

        Process process = Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.AutoFlush = true;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(program);
        return new LinuxOracle(process);
    }

    /// <summary>Starts over with the window and the objects of a case. One world at a time.</summary>
    internal ICaseWorld NewWorld(ConformanceCase conformanceCase) => new World(this, conformanceCase);

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        return ReadLine();
    }

    private string ReadLine() =>
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The oracle ended.");

    private sealed class World : ICaseWorld
    {
        /// <summary>Above the heap's room, so that the kernel chooses addresses in the window first.</summary>
        private const ulong WindowStart = 0x6000_0000_0000;

        private readonly LinuxOracle _oracle;
        private readonly ulong _windowPages;

        internal World(LinuxOracle oracle, ConformanceCase conformanceCase)
        {
            _oracle = oracle;
            _windowPages = conformanceCase.WindowPages;
            int heap = conformanceCase.Operations.Any(operation => operation is BreakOperation) ? 1 : 0;
            IEnumerable<string> objects = conformanceCase.Objects.Select(item => $"{item.Id}={item.Size.Bytes:x}");
            oracle.Ask($"case {WindowStart:x} {heap} {_windowPages:x} {string.Join(' ', objects)}");
        }

        public Outcome Perform(ConformanceOperation operation) => operation switch
        {
            MapOperation map => Distance(
                map, $"map {At(map.Address):x} {map.Length.Bytes:x} {(uint)map.Protection:x} {(uint)map.Flags:x} {Descriptor(map.Object)} {map.Offset.Bytes:x}"),
            RemapOperation remap => Distance(
                remap, $"remap {At(remap.Old):x} {remap.OldLength.Bytes:x} {remap.NewLength.Bytes:x} {(uint)remap.Flags:x} {At(remap.New):x}"),
            UnmapOperation item => Range(item, "unmap", item.Address, item.Length),
            ProtectOperation item => Range(item, "protect", item.Address, item.Length, (uint)item.Protection),
            AdviseOperation item => Advise(item),
            LockOperation item => Range(item, "mlock", item.Address, item.Length),
            UnlockOperation item => Range(item, "munlock", item.Address, item.Length),
            SyncOperation item => Range(item, "msync", item.Address, item.Length, (uint)item.Flags),
            ResidentOperation item => Range(item, "mincore", item.Address, item.Length),
            ReadByteOperation item => Number(item, $"read1 {At(item.Address):x}"),
            WriteByteOperation item => Number(item, $"fill {At(item.Address):x} 1 {item.Value:x}"),
            FillOperation item => Number(item, $"fill {At(item.Address):x} {item.Length.Bytes:x} {item.Value:x}"),
            DeviceReadByteOperation item => Number(item, $"dev_read1 {At(item.Address):x} 0"),
            DeviceWriteByteOperation item => Number(item, $"dev_write1 {At(item.Address):x} {item.Value:x}"),
            BreakOperation item => Distance(item, $"{((long)item.Delta.Bytes < 0 ? "brk_end" : "brk_start")} {item.Delta.Bytes:x}", 0),
            ForkOperation item => Number(item, $"fork {item.Child:x}"),
            ExitOperation => Number(operation, "exit"),
            LayoutOperation => Layout(operation),
            ObjectReadOperation item => Number(
                item, $"obj_read_into {Descriptor(item.Object)} {At(item.Address):x} {item.Length.Bytes:x} {item.Offset.Bytes:x}"),
            ObjectWriteOperation item => Number(
                item, $"obj_write_from {Descriptor(item.Object)} {At(item.Address):x} {item.Length.Bytes:x} {item.Offset.Bytes:x}"),
            ObjectReadByteOperation item => ReadByteOf(item),
            ObjectWriteByteOperation item => Number(item, $"obj_write1 {Descriptor(item.Object)} {item.Offset.Bytes:x} {item.Value:x}"),
            ObjectTruncateOperation item => Number(item, $"obj_truncate {Descriptor(item.Object)} {item.Size.Bytes:x}"),
            ObjectPunchOperation item => Number(item, $"obj_punch_hole {Descriptor(item.Object)} {item.Offset.Bytes:x} {item.Length.Bytes:x}"),
            _ => throw new ArgumentException($"The operation {operation} has no form here.", nameof(operation)),
        };

        public void Dispose()
        {
        }

        private static ulong At(ByteAmount? address) => address is { } relative ? unchecked(WindowStart + relative.Bytes) : 0;

        private static string Descriptor(ObjectReference? target) => target switch
        {
            null => "-1",
            { IsBad: true } => "bad",
            { Access: AccessRights.Read } reference => Text((reference.Id * 4) + 1),
            { Access: AccessRights.Write } reference => Text((reference.Id * 4) + 2),
            { } reference => Text(reference.Id * 4),
        };

        private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        /// <summary>Poisoning is real on a kernel that allows it.</summary>
        private Outcome Advise(AdviseOperation item)
        {
            Assert.False((int)item.Advice is 100 or 101, "Pages of the host must not be poisoned.");
            return Range(item, "advise", item.Address, item.Length, (uint)item.Advice);
        }

        private Outcome ReadByteOf(ObjectReadByteOperation item)
        {
            Outcome outcome = Number(item, $"obj_read1 {Descriptor(item.Object)} {item.Offset.Bytes:x}");
            return outcome.Value is null ? outcome : outcome with { Ret = 1 };
        }

        private Outcome Range(ConformanceOperation operation, string call, ByteAmount address, ByteAmount length, uint last = 0) =>
            Number(operation, $"{call} {At(address):x} {length.Bytes:x} {last:x}");

        private Outcome Distance(ConformanceOperation operation, string command, ulong from = WindowStart)
        {
            Outcome outcome = Number(operation, command);
            return outcome.Ret is { } address ? Outcome.At(unchecked(address - from)) : outcome;
        }

        private Outcome Number(ConformanceOperation operation, string command)
        {
            string[] answer = _oracle.Ask($"{operation.Process} {command}").Split(' ');
            return answer[0] switch
            {
                "ret" => Outcome.Returned(ulong.Parse(answer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
                "errno" => new Outcome { Errno = ((Errno)int.Parse(answer[1], CultureInfo.InvariantCulture)).ToString() },
                "fault" => new Outcome { Fault = answer[1] == "7" ? "SIGBUS" : answer[2] == "1" ? "SEGV_MAPERR" : "SEGV_ACCERR" },
                "value" => new Outcome { Ret = operation is ReadByteOperation ? 0UL : 1, Value = byte.Parse(answer[1], CultureInfo.InvariantCulture) },
                _ => throw new InvalidOperationException($"The oracle answered {string.Join(' ', answer)} to {command}."),
            };
        }

        private Outcome Layout(ConformanceOperation operation)
        {
            string[] answer = _oracle.Ask($"{operation.Process} layout").Split(' ');
            List<string> lines = [];
            for (int i = int.Parse(answer[1], CultureInfo.InvariantCulture); i > 0; i--)
            {
                AddLayoutLine(lines, _oracle.ReadLine());
            }

            return new Outcome { Layout = lines };
        }

        /// <summary>A line of /proc/self/maps, as far as it lies in the window: fillers reach in where they merged with the case's own.</summary>
        private void AddLayoutLine(List<string> lines, string line)
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ulong[] range = [.. parts[0].Split('-').Select(text => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            ulong start = Math.Max(range[0], WindowStart);
            ulong end = Math.Min(range[1], WindowStart + (_windowPages << Page.Shift));
            string path = parts.Length > 5 ? parts[5] : string.Empty;
            string name = path.StartsWith("/memfd:", StringComparison.Ordinal) ? path["/memfd:".Length..]
                : path.StartsWith("/dev/zero", StringComparison.Ordinal) ? "shm" : "-";
            ulong offset = ulong.Parse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture) + (start - range[0]);
            AccessRights rights = (parts[1][0] == 'r' ? AccessRights.Read : 0) | (parts[1][1] == 'w' ? AccessRights.Write : 0)
                | (parts[1][2] == 'x' ? AccessRights.Execute : 0);
            lines.Add(LayoutText.Of(
                (start - WindowStart) >> Page.Shift, (end - start) >> Page.Shift, rights, parts[1][3] == 's', name, name == "-" ? 0 : offset >> Page.Shift));
        }
    }
}
