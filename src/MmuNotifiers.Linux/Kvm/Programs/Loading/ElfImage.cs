using System.Buffers.Binary;
using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Programs.Loading;

/// <summary>
/// A static program for x86-64 Linux in the Executable and Linking Format (System V ABI, AMD64 supplement): what a kernel has to know of it.
/// </summary>
internal sealed class ElfImage
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int MostProgramHeaders = 64 * 1024 / ProgramHeaderBytes;
    private const ushort TypeFixed = 2;
    private const ushort TypeRelocatable = 3;
    private const ushort MachineX64 = 62;
    private const uint SegmentLoad = 1;
    private const uint SegmentInterpreter = 3;

    /// <summary>Where Linux puts position-independent programs without an interpreter: two thirds of the way up.</summary>
    private const ulong RelocatableBias = 0x5555_5555_4000;

    private ElfImage(ReadOnlyMemory<byte> file, IReadOnlyList<ElfSegment> segments, ulong bias)
    {
        File = file;
        Segments = segments;
        Bias = bias;
    }

    /// <summary>The bytes of the file.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>What is loaded, from the lowest address on; at least one.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>What is added to all addresses of the file.</summary>
    public ulong Bias { get; }

    /// <summary>Where the program begins.</summary>
    public VirtualAddress Entry { get; private init; }

    /// <summary>Where the program headers lie in memory (AT_PHDR); zero if they are not loaded.</summary>
    public VirtualAddress ProgramHeaders { get; private init; }

    /// <summary>How many program headers there are.</summary>
    public int ProgramHeaderCount { get; private init; }

    /// <summary>Where the heap begins: behind the highest segment.</summary>
    public VirtualAddress HeapStart => new VirtualAddress(Segments.Max(segment => segment.End) + Bias).AlignUp();

    /// <summary>The length of one program header in bytes.</summary>
    public static int ProgramHeaderLength => ProgramHeaderBytes;

    /// <summary>Reads a file.</summary>
    /// <param name="file">All of its bytes.</param>
    /// <param name="problem">Why it cannot be run, and what was expected, in one line; null if it can.</param>
    /// <returns>Null if it cannot be run.</returns>
    public static ElfImage? TryParse(ReadOnlyMemory<byte> file, out string? problem)
    {
        problem = CheckHeader(file.Span);
        if (problem is not null)
        {
            return null;
        }

        ReadOnlySpan<byte> header = file.Span[..HeaderBytes];
        ulong bias = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]) == TypeRelocatable ? RelocatableBias : 0;
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        List<ElfSegment> segments = [];
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> entry = file.Span.Slice((int)table + (index * ProgramHeaderBytes), ProgramHeaderBytes);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            if (type == SegmentInterpreter)
            {
                problem = "it is linked dynamically: expected a static program (gcc -static, or a package such as busybox-static)";
                return null;
            }

            if (type == SegmentLoad && BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]) > 0)
            {
                if (ReadSegment(entry, file.Length, bias, segments.Count > 0 ? segments[^1] : default) is not { } segment)
                {
                    problem = $"program header {index} describes no part of the file that can be loaded behind the one before";
                    return null;
                }

                segments.Add(segment);
            }
        }

        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        if (!segments.Exists(segment => start >= segment.Address && start < segment.End && (segment.Rights & AccessRights.Execute) != 0))
        {
            problem = $"its entry 0x{start:x} lies in no executable part of it";
            return null;
        }

        return new ElfImage(file, segments, bias)
        {
            Entry = new VirtualAddress(start + bias),
            ProgramHeaders = FindInMemory(segments, table, (ulong)(count * ProgramHeaderBytes), bias),
            ProgramHeaderCount = count,
        };
    }

    private static string? CheckHeader(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || !file.StartsWith("\u007fELF"u8))
        {
            return file.StartsWith("#!"u8)
                ? "it is a script: expected a static program; name the interpreter first"
                : "it does not begin with 0x7f 'E' 'L' 'F': expected a static program for x86-64 Linux";
        }

        const byte Class64 = 2;
        const byte LittleEndian = 1;
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(file[16..]);
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(file[18..]);
        if (file[4] != Class64 || file[5] != LittleEndian || machine != MachineX64)
        {
            return $"it is for machine {machine}, class {file[4]}: expected x86-64 (machine {MachineX64}, class {Class64})";
        }

        if (type is not (TypeFixed or TypeRelocatable))
        {
            return $"its type is {type}: expected a program (type {TypeFixed} or {TypeRelocatable})";
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(file[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[56..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(file[54..]) != ProgramHeaderBytes || count is 0 or > MostProgramHeaders
            || table > (ulong)file.Length || (ulong)(count * ProgramHeaderBytes) > (ulong)file.Length - table
            ? $"its table of {count} program headers at 0x{table:x} does not lie in the file of 0x{file.Length:x} bytes"
            : null;
    }

    private static ElfSegment? ReadSegment(ReadOnlySpan<byte> entry, int fileBytes, ulong bias, ElfSegment before)
    {
        const uint FlagExecute = 1;
        const uint FlagWrite = 2;
        const uint FlagRead = 4;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
        ulong inFile = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
        ulong inMemory = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
        bool isInFile = offset <= (ulong)fileBytes && inFile <= (ulong)fileBytes - offset && inFile <= inMemory;
        bool isInMemory = address < GuestAddressSpace.End - bias && inMemory <= GuestAddressSpace.End - bias - address
            && address + bias >= GuestAddressSpace.Lowest && address >= before.End;
        if (!isInFile || !isInMemory || (offset & Page.OffsetMask) != (address & Page.OffsetMask))
        {
            return null;
        }

        AccessRights rights = ((flags & FlagRead) != 0 ? AccessRights.Read : AccessRights.None)
            | ((flags & FlagWrite) != 0 ? AccessRights.Write : AccessRights.None)
            | ((flags & FlagExecute) != 0 ? AccessRights.Execute : AccessRights.None);
        return new ElfSegment((int)offset, (int)inFile, address, inMemory, rights);
    }

    private static VirtualAddress FindInMemory(List<ElfSegment> segments, ulong offset, ulong bytes, ulong bias)
    {
        foreach (ElfSegment segment in segments)
        {
            ulong into = offset - (ulong)segment.FileOffset;
            if (offset >= (ulong)segment.FileOffset && into <= (ulong)segment.FileBytes && bytes <= (ulong)segment.FileBytes - into)
            {
                return new VirtualAddress(segment.Address + into + bias);
            }
        }

        return VirtualAddress.Zero;
    }
}
