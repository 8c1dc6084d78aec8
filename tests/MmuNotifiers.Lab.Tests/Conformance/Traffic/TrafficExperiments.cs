namespace MmuNotifiers.Lab.Tests.Conformance.Traffic;

/// <summary>The rows of the table in docs/semantics.md. Pages are numbered in the window; pages 0, 512 and 1024 lie on borders of 2 MiB.</summary>
internal static class TrafficExperiments
{
    /// <summary>How large the window is.</summary>
    internal const int WindowPages = 2048;

    private const string Private = """{"op":"map","addr":2,"len":8,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0}""";
    private const string Filled = """{"op":"fill","addr":2,"len":8,"value":7}""";
    private const string Shared = """{"op":"map","addr":2,"len":4,"prot":"rw","flags":["shared","fixed"],"obj":0,"off":0}""";
    private const string SharedFilled = """{"op":"fill","addr":2,"len":4,"value":7}""";
    private const string SharedTwice = """{"op":"map","addr":12,"len":4,"prot":"rw","flags":["shared","fixed"],"obj":0,"off":0}""";
    private const string SharedTwiceRead = """{"op":"fill","addr":12,"len":4,"value":8}""";

    internal static IReadOnlyList<TrafficExperiment> All =>
    [
        new("munmap of a whole area", [Private, Filled], """{"op":"unmap","addr":2,"len":8}""", ""),
        new("munmap of its middle", [Private, Filled], """{"op":"unmap","addr":4,"len":2}""",
            ""),
        new("munmap of the middle of more than 2 MiB", Large, """{"op":"unmap","addr":601,"len":2}""",
            "a split changes no pte; the kernel announces the huge page that it would have to take apart, and there is none"),
        new("munmap over four areas and a hole", WithHoles, """{"op":"unmap","addr":2,"len":6}""", ""),
        new("munmap of an area without pages", [Private], """{"op":"unmap","addr":2,"len":8}""", ""),
        new("mmap over a part (MAP_FIXED)", [Private, Filled],
            """{"op":"map","addr":2,"len":3,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0}""",
            ""),
        new("mprotect over three areas, to read-only", Neighbours, """{"op":"protect","addr":2,"len":3,"prot":"r"}""", ""),
        new("mprotect that changes nothing", [Private, Filled], """{"op":"protect","addr":2,"len":8,"prot":"rw"}""", ""),
        new("mprotect from read-only to read-write", [Private, Filled, """{"op":"protect","addr":2,"len":8,"prot":"r"}"""],
            """{"op":"protect","addr":2,"len":8,"prot":"rw"}""", ""),
        new("mprotect of the middle", [Private, Filled], """{"op":"protect","addr":4,"len":2,"prot":"r"}""", ""),
        new("mprotect of the middle of more than 2 MiB", Large, """{"op":"protect","addr":601,"len":2,"prot":"r"}""", "as above"),
        new("MADV_DONTNEED of a part", [Private, Filled], """{"op":"advise","addr":4,"len":2,"advice":"dontneed"}""", ""),
        new("MADV_DONTNEED without pages", [Private], """{"op":"advise","addr":4,"len":2,"advice":"dontneed"}""", ""),
        new("MADV_DONTNEED over four areas and a hole", WithHoles, """{"op":"advise","addr":2,"len":6,"advice":"dontneed"}""", ""),
        new("MADV_FREE of a part", [Private, Filled], """{"op":"advise","addr":4,"len":2,"advice":"free"}""", ""),
        new("MADV_GUARD_INSTALL", [Private, Filled], """{"op":"advise","addr":4,"len":2,"advice":"guard_install"}""", ""),
        new("MADV_COLD", [Private, Filled], """{"op":"advise","addr":4,"len":2,"advice":"cold"}""", ""),
        new("MADV_POPULATE_WRITE", [Private], """{"op":"advise","addr":4,"len":2,"advice":"populate_write"}""", ""),
        new("MADV_REMOVE, two mappings", [Shared, SharedFilled, SharedTwice, SharedTwiceRead],
            """{"op":"advise","addr":3,"len":2,"advice":"remove"}""", "a second round catches what was faulted in between the first and the moment when the pages left the object"),
        new("punch a hole, two mappings", [Shared, SharedFilled, SharedTwice, SharedTwiceRead],
            """{"op":"obj_punch_hole","obj":0,"off":1,"len":2}""", "a second round catches what was faulted in between the first and the moment when the pages left the object"),
        new("ftruncate, one mapping", [Shared, SharedFilled], """{"op":"obj_truncate","obj":0,"size":2}""", ""),
        new("fork", [Private, Filled], """{"op":"fork","child":1}""", ""),
        new("fork of shared memory", [Shared, SharedFilled], """{"op":"fork","child":1}""", ""),
        new("store to a page shared by fork", [Private, Filled, """{"op":"fork","child":1}"""], """{"op":"write1","addr":4,"value":1}""", ""),
        new("first store, no page", [Private], """{"op":"write1","addr":4,"value":1}""", ""),
        new("store to a zero page", [Private, """{"op":"read1","addr":4}"""], """{"op":"write1","addr":4,"value":1}""", ""),
        new("store to a private file page", [FileMapping, """{"op":"read1","addr":4}"""], """{"op":"write1","addr":4,"value":1}""", ""),
        new("mremap elsewhere", [Private, Filled],
            """{"op":"remap","old":2,"old_len":8,"new_len":8,"flags":["maymove","fixed"],"new":20}""", "one bracket covers the change; the kernel announces the emptied range once more when it unmaps it"),
        new("mremap, MREMAP_DONTUNMAP", [Private, Filled],
            """{"op":"remap","old":2,"old_len":8,"new_len":8,"flags":["maymove","dontunmap"],"new":20}""", ""),
        new("mremap, growing in place", [Private, Filled], """{"op":"remap","old":2,"old_len":8,"new_len":12,"flags":[],"new":null}""", ""),
        new("mremap, shrinking", [Private, Filled], """{"op":"remap","old":2,"old_len":8,"new_len":3,"flags":[],"new":null}""", ""),
        new("brk, shrinking (pages of the heap)", ["""{"op":"brk","delta":6}""", """{"op":"fill","addr":"HEAP","len":6,"value":7}"""], """{"op":"brk","delta":0}""", ""),
        new("mlock, munlock", [Private, Filled], """{"op":"mlock","addr":2,"len":8}""", ""),
        new("msync of tmpfs", [Shared, SharedFilled], """{"op":"msync","addr":2,"len":4,"flags":["sync"]}""", ""),
    ];

    private const string FileMapping = """{"op":"map","addr":2,"len":4,"prot":"rw","flags":["private","fixed"],"obj":0,"off":0}""";

    private static readonly string[] Neighbours =
    [
        """{"op":"map","addr":2,"len":1,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0}""",
        """{"op":"map","addr":3,"len":1,"prot":"rwx","flags":["private","anon","fixed"],"obj":null,"off":0}""",
        """{"op":"map","addr":4,"len":1,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0}""",
        """{"op":"fill","addr":2,"len":3,"value":7}""",
    ];

    private static readonly string[] WithHoles = [.. Neighbours,
        """{"op":"map","addr":6,"len":2,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0}""",
        """{"op":"fill","addr":6,"len":2,"value":7}"""];

    private static readonly string[] Large =
    [
        """{"op":"map","addr":0,"len":1024,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0}""",
        """{"op":"fill","addr":600,"len":4,"value":7}""",
    ];
}
