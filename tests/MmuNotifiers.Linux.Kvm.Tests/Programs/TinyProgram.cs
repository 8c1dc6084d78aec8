using System.Buffers.Binary;
using MmuNotifiers.Linux.Kvm.Programs;

namespace MmuNotifiers.Linux.Kvm.Tests.Programs;

/// <summary>Programs of a few instructions, made as a linker would make them: headers and code in one page at 0x400000, readable and executable.</summary>
internal static class TinyProgram
{
    public const ulong Start = 0x40_0000;
    public const int HeaderBytes = 64 + 56;

    /// <summary>A program file.</summary>
    /// <param name="code">What runs from byte 120 of the page on.</param>
    /// <param name="flags">Rights of the page: 4 read, 2 write, 1 execute.</param>
    public static byte[] Build(ReadOnlySpan<byte> code, uint flags = 5)
    {
        byte[] file = new byte[HeaderBytes + code.Length];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), Start + HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(52), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(64), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(68), flags);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(80), Start);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(88), Start);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(96), (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(104), (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(112), Page.SizeBytes);
        code.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }

    /// <summary>Runs code over plain memory.</summary>
    public static (ProgramEnd End, LinuxProgramStatistics Statistics) Run(
        ReadOnlySpan<byte> code, int pages = 512, Func<LinuxProgramOptions, LinuxProgramOptions>? change = null, CancellationTokenSource? stop = null)
    {
        Host.RequireKvm();
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Build(code));
            LinuxProgramOptions options = new() { Path = path, Arguments = ["tiny"] };
            using PlainGuestMemory memory = new(pages);
            using LinuxProgram program = LinuxProgram.Load(memory, change is null ? options : change(options));
            ProgramEnd end = program.Run(stop?.Token ?? TestContext.Current.CancellationToken);
            return (end, program.Statistics);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
