using Microsoft.Win32.SafeHandles;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// A saved address space. <see cref="SaveAsync"/> writes one while the original runs on; <see cref="Open"/> reads everything but the pages, and <see cref="Load"/> maps it: a page comes in when it is used. Keep the
/// snapshot open as long as address spaces loaded from it live. All members are safe to call from any thread.
/// </summary>
/// <remarks>The file format is described in docs/snapshot-format.md.</remarks>
public sealed partial class Snapshot : IDisposable
{
    /// <summary>Where no page is stored. No snapshot is the area that pages are written to.</summary>
    private const int NoArea = 0;

    private readonly SafeFileHandle _handle;
    private readonly SnapshotImage _image;
    private readonly SnapshotStore _store;
    private readonly SharedLock _lock = new();

    /// <summary>The swap area of each pool that something was loaded into, which the snapshot holds. Guarded by the lock.</summary>
    private readonly Dictionary<PhysicalMemory, int> _areas = [];

    /// <summary>Guarded by the lock.</summary>
    private bool _isClosed;

    private Snapshot(SafeFileHandle handle, string path, SnapshotImage image)
    {
        _handle = handle;
        _image = image;
        Path = path;
        _store = new SnapshotStore(handle, path, [.. image.Checksums]);
        Summary = new SnapshotSummary(
            image.Areas.Count,
            image.Areas.Aggregate(0UL, static (pages, area) => pages + area.Range.Pages),
            image.Checksums.Count,
            RandomAccess.GetLength(handle));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it holds, in numbers.</summary>
    public SnapshotSummary Summary { get; }

    /// <summary>When the moment was that it shows.</summary>
    public DateTimeOffset SavedAt => _image.SavedAt;

    /// <summary>Tells snapshots apart: no two have the same.</summary>
    public Guid Id => _image.Id;

    /// <summary>The areas, ascending.</summary>
    public IReadOnlyList<SnapshotArea> Areas => field ??= DescribeAreas();

    /// <summary>The files that areas map, for which <see cref="SnapshotLoadOptions.OpenFile"/> will be asked.</summary>
    public IEnumerable<SnapshotFile> Files =>
        _image.Objects.Where(static saved => saved.IsFile).Select(static saved => new SnapshotFile(saved.Name, saved.SizeBytes));

    /// <summary>Opens a snapshot: reads and checks everything but its pages.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SnapshotFormatException">It is no snapshot of this version, torn, or corrupt.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Snapshot Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return new Snapshot(handle, path, SnapshotDecoder.Decode(handle, path));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Compares every page with its checksum.</summary>
    /// <param name="progress">Told now and then; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What is wrong, one line for each page: file, offset, problem. Empty if nothing is.</returns>
    public IReadOnlyList<string> Verify(IProgress<SnapshotProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        const int BatchPages = 256;
        List<string> problems = [];
        byte[] bytes = new byte[BatchPages << Page.Shift];
        SwapTransfer[] transfers = new SwapTransfer[BatchPages];
        for (long slot = 0; slot < _store.SlotCount; slot += BatchPages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(BatchPages, _store.SlotCount - slot);
            for (int i = 0; i < count; i++)
            {
                transfers[i] = new SwapTransfer(slot + i, bytes.AsMemory(i << Page.Shift, Page.SizeBytes));
            }

            _store.Read(transfers.AsSpan(0, count));
            problems.AddRange(transfers.Take(count).Select(static page => page.Detail).OfType<string>());
            progress?.Report(new SnapshotProgress(slot + count, _store.SlotCount, _store.SlotCount));
        }

        return problems;
    }

    /// <summary>
    /// Closes the file. Pages of loaded address spaces that did not come in yet cannot any more: an access to one ends in
    /// <see cref="FaultResult.BusError"/>. Pools forget the snapshot when none of its pages is evicted there any more. Idempotent.
    /// </summary>
    public void Dispose()
    {
        _handle.Dispose();
        using SharedLock.Scope held = _lock.EnterScope();
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        foreach ((PhysicalMemory memory, int area) in _areas)
        {
            memory.Swap.LetGoOfArea(area);
        }

        _areas.Clear();
    }

    private SnapshotArea[] DescribeAreas()
    {
        SnapshotArea[] areas = new SnapshotArea[_image.Areas.Count];
        for (int index = 0; index < areas.Length; index++)
        {
            SavedArea saved = _image.Areas[index];
            SavedObject? target = saved.Handle == SnapshotFormat.None ? null : _image.Objects[(int)_image.Handles[(int)saved.Handle].Object];
            areas[index] = new SnapshotArea(saved.Range, saved.Rights, AddressSpace.ShownKinds(saved.Flags), saved.PageOffset)
            {
                File = target is { IsFile: true } file ? file.Name : null,
                StoredPages = StoredPagesIn(saved.Range),
            };
        }

        return areas;
    }

    private ulong StoredPagesIn(AddressRange range)
    {
        ulong pages = 0;
        foreach (PageRun run in _image.Runs)
        {
            if (run.Owner == SnapshotFormat.None && run.Kind == PageRunKind.Stored)
            {
                ulong start = Math.Max(run.FirstPage, range.Start.PageNumber);
                ulong end = Math.Min(run.EndPage, range.End.PageNumber);
                pages += start < end ? end - start : 0;
            }
        }

        return pages;
    }
}
