using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Traces;
using static MmuNotifiers.Lab.Tests.Replay.ScriptBuilder;

namespace MmuNotifiers.Lab.Tests.Replay.Pressure;

/// <summary>
/// A program with pages of every kind, each run of them larger than the memory that it gets: anonymous, shared between parent and child until one
/// stores, of a shared memory object at two addresses, private copies of a file's, and a file's own.
/// </summary>
internal static class PagesOfEveryKind
{
    /// <summary>Pages of each kind.</summary>
    public const ulong Pages = 96;

    private const int Parent = 1;
    private const int Child = 2;
    private const ulong Anonymous = Mapped;
    private const ulong Shared = Mapped + 0x1000_0000;
    private const ulong SharedAgain = Mapped + 0x2000_0000;
    private const ulong PrivateFile = Mapped + 0x3000_0000;
    private const ulong SharedFile = Mapped + 0x4000_0000;

    private static readonly ulong[] Everything = [Anonymous, Shared, SharedAgain, PrivateFile, SharedFile];

    public static ReplayScript Script(int rounds = 3)
    {
        ScriptBuilder script = new ScriptBuilder()
            .File(2, TraceFileKind.SharedMemory, Pages * 4096)
            .File(3, TraceFileKind.Regular, (Pages * 4096) - 100)
            .File(4, TraceFileKind.Regular, Pages * 4096)
            .Map(Anonymous, Pages)
            .Map(Shared, Pages, LinuxMapFlags.Shared, file: 2)
            .Map(SharedAgain, Pages, LinuxMapFlags.Shared, file: 2)
            .Map(PrivateFile, Pages, LinuxMapFlags.Private, file: 3)
            .Map(SharedFile, Pages, LinuxMapFlags.Shared, file: 4);
        UseAll(script, TouchAccess.Write);
        script.Fork(Child);
        for (int round = 0; round < rounds; round++)
        {
            UseAll(script.As(Child), TouchAccess.Read);
            UseAll(script.As(Parent), round % 2 == 0 ? TouchAccess.Read : TouchAccess.Write);
            Use(script.As(Child), Anonymous + (32 * 4096), Pages / 3, TouchAccess.Write);
            script.As(Parent).Remap(At(round), Pages, Pages, At(round + 1));
        }

        script.As(Child).Exit();
        return script.As(Parent).Build();
    }

    /// <summary>The anonymous pages move from here to there and back.</summary>
    private static ulong At(int round) => round % 2 == 0 ? Anonymous : Anonymous + 0x100_0000;

    private static void UseAll(ScriptBuilder script, TouchAccess access)
    {
        foreach (ulong start in Everything)
        {
            Use(script, start, Pages, access);
        }
    }

    /// <summary>Uses the pages eight at a time, so that devices come to their turn.</summary>
    private static void Use(ScriptBuilder script, ulong start, ulong pages, TouchAccess access)
    {
        for (ulong page = 0; page < pages; page += 8)
        {
            script.Add(new TouchEvent(script.Stamp(), new(start + (page * 4096)), Math.Min(8, pages - page), access));
        }
    }
}
