namespace MmuNotifiers.Linux.Recording;

/// <summary>Which tracepoints make up a recording.</summary>
internal static class PerfEvents
{
    private static readonly string[] Faults = ["exceptions:page_fault_user", "exceptions:page_fault_kernel"];

    /// <summary>Tells clone's flags also where clone3 passes them in memory.</summary>
    private const string NewTask = "task:task_newtask";

    private static readonly string[] Calls =
    [
        "mmap", "munmap", "mprotect", "pkey_mprotect", "mremap", "madvise", "brk", "remap_file_pages", "mlock", "mlock2", "munlock", "mlockall",
        "munlockall", "shmat", "shmdt", "process_madvise", "msync", "clone", "clone3", "fork", "vfork", "execve", "execveat",
    ];

    /// <summary>Without these there is nothing to record.</summary>
    public static IReadOnlyList<string> Required { get; } = [.. Faults, NewTask, "syscalls:sys_enter_mmap", "syscalls:sys_exit_mmap"];

    /// <summary>All that this kernel has; newer calls are missing in older kernels.</summary>
    /// <param name="eventsDirectory">tracefs' events.</param>
    public static IReadOnlyList<string> Of(string eventsDirectory) =>
        [.. Faults, NewTask, .. Calls.SelectMany(call => new[] { $"syscalls:sys_enter_{call}", $"syscalls:sys_exit_{call}" })
            .Where(name => Exists(eventsDirectory, name))];

    public static bool Exists(string eventsDirectory, string name) =>
        Directory.Exists(Path.Combine(eventsDirectory, name.Replace(':', '/')));
}
