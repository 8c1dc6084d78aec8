using System.Collections.Frozen;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>The calls by their name, and by their number on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl).</summary>
internal static class SystemCallTable
{
    private static readonly (string Name, int Number, SystemCallKind Kind, int Arguments)[] Calls =
    [
        ("mmap", 9, SystemCallKind.Map, 6),
        ("munmap", 11, SystemCallKind.Unmap, 2),
        ("mprotect", 10, SystemCallKind.Protect, 3),
        ("pkey_mprotect", 329, SystemCallKind.ProtectWithKey, 4),
        ("mremap", 25, SystemCallKind.Remap, 4),
        ("madvise", 28, SystemCallKind.Advise, 3),
        ("brk", 12, SystemCallKind.Break, 1),
        ("remap_file_pages", 216, SystemCallKind.RemapFilePages, 5),
        ("mlock", 149, SystemCallKind.Lock, 2),
        ("mlock2", 325, SystemCallKind.Lock2, 3),
        ("munlock", 150, SystemCallKind.Unlock, 2),
        ("mlockall", 151, SystemCallKind.LockAll, 1),
        ("munlockall", 152, SystemCallKind.UnlockAll, 0),
        ("shmat", 30, SystemCallKind.AttachShared, 3),
        ("shmdt", 67, SystemCallKind.DetachShared, 1),
        ("process_madvise", 440, SystemCallKind.ProcessAdvise, 5),
        ("msync", 26, SystemCallKind.Sync, 3),
        ("clone", 56, SystemCallKind.Clone, 0),
        ("clone3", 435, SystemCallKind.Clone3, 0),
        ("fork", 57, SystemCallKind.Fork, 0),
        ("vfork", 58, SystemCallKind.VirtualFork, 0),
        ("execve", 59, SystemCallKind.Exec, 0),
        ("execveat", 322, SystemCallKind.Exec, 0),
    ];

    private static readonly FrozenDictionary<string, SystemCallKind>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Calls.ToFrozenDictionary(call => call.Name, call => call.Kind).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<int, SystemCallKind> ByNumber = Calls.ToFrozenDictionary(call => call.Number, call => call.Kind);

    private static readonly FrozenDictionary<SystemCallKind, int> LeastArguments =
        Calls.DistinctBy(call => call.Kind).ToFrozenDictionary(call => call.Kind, call => call.Arguments);

    public static bool TryFind(ReadOnlySpan<char> name, out SystemCallKind kind) => ByName.TryGetValue(name, out kind);

    public static bool TryFind(int number, out SystemCallKind kind) => ByNumber.TryGetValue(number, out kind);

    /// <summary>How many arguments a line must show at least.</summary>
    public static int ArgumentsOf(SystemCallKind kind) => LeastArguments[kind];
}
