using MmuNotifiers.Linux.Live.Tests.Support;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>One operation of which it is counted what the kernel tells its secondary MMU.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Setup">Goes before, unheard.</param>
/// <param name="Operation">The operation.</param>
internal sealed record KernelExperiment(string Name, Action<KernelWindow> Setup, Action<KernelWindow> Operation)
{
    private const UserfaultMode Protects = UserfaultMode.Missing | UserfaultMode.WriteProtect;
    private const UserfaultFeatures Anonymous = UserfaultFeatures.WriteProtect | UserfaultFeatures.Move | UserfaultFeatures.Poison;
    private const UserfaultFeatures Shared = Anonymous | UserfaultFeatures.MissingShared | UserfaultFeatures.MinorShared | UserfaultFeatures.WriteProtectShared;

    /// <summary>The rows of the first table of docs/linux-witnesses.md.</summary>
    internal static IReadOnlyList<KernelExperiment> All { get; } =
    [
        new("first touch of 4 pages", _ => { }, window => window.Touch(2, 6)),
        new("MADV_DONTNEED of 8 pages", window => window.Touch(0, 16), window => window.Advise(2, 10, Libc.AdviseDontNeed)),
        new("the same, never touched", _ => { }, window => window.Advise(2, 10, Libc.AdviseDontNeed)),
        new("MADV_DONTNEED over 8 areas", Split, window => window.Advise(2, 10, Libc.AdviseDontNeed)),
        new("MADV_FREE of 8 pages", window => window.Touch(0, 16), window => window.Advise(2, 10, Native.AdviseFree)),
        new("munmap over 8 areas", Split, window => window.Unmap(2, 10)),
        new("mprotect over 4 areas, two of which change", Split, window => window.Protect(2, 6, Native.Read)),
        new("mprotect that changes nothing", window => window.Touch(0, 16), window => window.Protect(2, 10, Native.ReadWrite)),
        new("mprotect from read-only to read-write", ReadOnly, window => window.Protect(2, 10, Native.ReadWrite)),
        new("MADV_DONTNEED of shared memory (its pages stay)", SharedTwice, window => window.Advise(2, 6, Libc.AdviseDontNeed)),
        new("FALLOC_FL_PUNCH_HOLE, two mappings", SharedTwice, window => Punch(window, 2, 6)),
        new("MADV_REMOVE, two mappings", SharedTwice, window => window.Advise(2, 6, Native.AdviseRemove)),
        new("ftruncate, one mapping", SharedOnce, window => Libc.Truncate(window.File, 2 * Page.SizeBytes)),
        new("UFFDIO_COPY of a page", Reported, window => Assert.Equal(CopyResult.Filled, window.Faults!.Copy(window.At(3), window.Source.Address, isProtected: false))),
        new("UFFDIO_WRITEPROTECT of 4 pages", Filled, window => window.Faults!.Protect(window.Range(2, 6))),
        new("the protection lifted again", Protected, window => window.Faults!.Unprotect(window.Range(2, 6))),
        new("UFFDIO_MOVE of 4 pages out of the window", Filled, window => MoveOut(window, 2, 6)),
        new("UFFDIO_MOVE of 4 pages into the window", MovedOut, window => MoveIn(window, 2, 6)),
        new("UFFDIO_POISON of a page", Reported, window => Assert.True(window.Faults!.TryPoison(window.At(3)))),
        new("UFFDIO_WRITEPROTECT of shared memory", SharedReported, window => window.Faults!.Protect(window.Range(2, 6))),
    ];

    private static void Split(KernelWindow window)
    {
        window.Touch(0, KernelWindow.Pages);
        window.SplitInto(0, KernelWindow.Pages);
    }

    private static void ReadOnly(KernelWindow window)
    {
        window.Touch(0, KernelWindow.Pages);
        window.Protect(2, 10, Native.Read);
    }

    private static void SharedOnce(KernelWindow window)
    {
        window.MapShared(twice: false);
        window.Touch(0, KernelWindow.Pages);
    }

    private static void SharedTwice(KernelWindow window)
    {
        window.MapShared(twice: true);
        window.Touch(0, 2 * KernelWindow.Pages);
    }

    private static void SharedReported(KernelWindow window)
    {
        SharedOnce(window);
        window.Report(Protects, Shared);
    }

    private static void Reported(KernelWindow window) => window.Report(Protects, Anonymous);

    private static void Filled(KernelWindow window)
    {
        window.Touch(0, KernelWindow.Pages);
        Reported(window);
    }

    private static void Protected(KernelWindow window)
    {
        Filled(window);
        window.Faults!.Protect(window.Range(2, 6));
    }

    private static void MoveOut(KernelWindow window, int first, int end)
    {
        int moved = window.Faults!.Move(window.At(2 * KernelWindow.Pages), window.Range(first, end), out _);
        Assert.Equal(end - first, moved);
    }

    private static void MovedOut(KernelWindow window)
    {
        window.Touch(2 * KernelWindow.Pages, (2 * KernelWindow.Pages) + 4);
        Reported(window);
    }

    private static void MoveIn(KernelWindow window, int first, int end)
    {
        int moved = window.Faults!.Move(window.At(first), window.Range(2 * KernelWindow.Pages, (2 * KernelWindow.Pages) + end - first), out _);
        Assert.Equal(end - first, moved);
    }

    private static void Punch(KernelWindow window, int first, int end) => Assert.Equal(
        0, Libc.Allocate(window.File, Libc.PunchHole, first * Page.SizeBytes, (end - first) * Page.SizeBytes));
}
