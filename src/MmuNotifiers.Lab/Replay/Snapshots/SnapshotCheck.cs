using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Files;
using MmuNotifiers.Lab.Replay.Oracles;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// Loads a snapshot into a pool of its own, which has fewer frames than the snapshot has pages, so that pages come in and leave again, and compares
/// each with what was expected at the moment.
/// </summary>
/// <param name="moment">The moment.</param>
/// <param name="violations">Told of what differs.</param>
/// <param name="slots">Which words of a page had one right value.</param>
internal sealed class SnapshotCheck(SnapshotMoment moment, ViolationLog violations, SlotsCompared slots)
{
    private const long FewestFrames = 1024;

    private readonly PageOracle _oracle = new(violations);
    private readonly byte[] _found = new byte[Page.SizeBytes];
    private readonly Dictionary<Backing, Backing> _files = [];
    private long _fileLeftOut;
    private long _sharedLeftOut;
    private long _differing;

    /// <summary>Loads and compares.</summary>
    /// <param name="summary">What was saved.</param>
    /// <param name="elapsed">How long the save took.</param>
    /// <exception cref="SnapshotFormatException">The file is not what was written.</exception>
    /// <exception cref="SnapshotException">It does not load.</exception>
    public SnapshotReport Run(SnapshotSummary summary, TimeSpan elapsed)
    {
        long startedAt = Stopwatch.GetTimestamp();
        using Snapshot snapshot = Snapshot.Open(moment.Path);
        using PhysicalMemory pool = new(Math.Max(FewestFrames, summary.StoredPages / 4) + 1, FreedFrames.Poisoned, new ReclaimOptions());
        try
        {
            using AddressSpace loaded = snapshot.Load(pool, new SnapshotLoadOptions { OpenFile = file => Open(pool, file) });
            TimeSpan load = Stopwatch.GetElapsedTime(startedAt);
            startedAt = Stopwatch.GetTimestamp();
            CompareLayout(loaded);
            foreach (ExpectedPage page in moment.Pages)
            {
                Compare(loaded, in page);
            }

            IReadOnlyList<string> corrupt = snapshot.Verify();
            foreach (string line in corrupt)
            {
                violations.Mismatch(line);
            }

            SwapStatistics swap = pool.SwapStatistics;
            return new SnapshotReport
            {
                File = moment.Path,
                ProcessId = moment.Space.ProcessId,
                Program = moment.Space.Program,
                Areas = summary.Areas,
                MappedPages = (long)summary.MappedPages,
                StoredPages = summary.StoredPages,
                LengthBytes = summary.FileBytes,
                StillMilliseconds = Milliseconds(moment.Still),
                SaveMilliseconds = Milliseconds(elapsed),
                LoadMilliseconds = Milliseconds(load),
                CompareMilliseconds = Milliseconds(Stopwatch.GetElapsedTime(startedAt)),
                FramePages = pool.FrameCount - 1,
                PagesRead = swap.SwapIns + swap.ReadAheads,
                PagesCompared = _oracle.PagesCompared,
                FilePagesLeftOut = _fileLeftOut,
                SharedPagesLeftOut = _sharedLeftOut,
                Differing = _differing + corrupt.Count,
            };
        }
        finally
        {
            foreach (Backing file in _files.Values)
            {
                file.Dispose();
            }
        }
    }

    private FileObject Open(PhysicalMemory pool, SnapshotFile file)
    {
        SavedFile saved = moment.FileOf(file.Name);
        Backing fresh = Backing.Create(pool, saved.Recorded, saved.SizeBytes);
        _files.Add(saved.Backing, fresh);
        return (FileObject)fresh.Object;
    }

    private void CompareLayout(AddressSpace loaded)
    {
        AreaInfo[] found = [.. loaded.Layout()];
        for (int i = 0; i < Math.Max(found.Length, moment.Layout.Count); i++)
        {
            string expected = i < moment.Layout.Count ? Describe(moment.Layout[i]) : "none";
            string area = i < found.Length ? Describe(found[i]) : "none";
            if (area != expected)
            {
                _differing++;
                violations.Mismatch($"{moment.Path}: area {i}: found {area}, expected {expected}");
            }
        }
    }

    private void Compare(AddressSpace loaded, in ExpectedPage page)
    {
        if (IsLeftOut(in page))
        {
            return;
        }

        VirtualAddress start = VirtualAddress.OfPage(page.Number);
        FaultResult result = loaded.Read(start, _found).Result;
        if (result != FaultResult.Success)
        {
            _differing++;
            violations.Mismatch($"{moment.Path}: the page at {start} cannot be read: {result}");
            return;
        }

        int offset = _oracle.FindDifference(_found, page.Contents, slots);
        if (offset >= 0)
        {
            _differing++;
            violations.Mismatch(
                moment.Path, start.Value + (ulong)offset, PageOracle.WordAt(_found, offset), _oracle.ExpectedAt(offset));
        }
    }

    /// <summary>
    /// A snapshot does not hold what was stored to a file: only pages that nobody stored to are what they were. Shared memory is saved as it is
    /// found: pages that were stored to since the moment may be either.
    /// </summary>
    private bool IsLeftOut(in ExpectedPage page)
    {
        if (page.Backing is null)
        {
            return false;
        }

        if (_files.TryGetValue(page.Backing, out Backing? fresh))
        {
            bool isChanged = !fresh.Page(page.ObjectPage).ShowsSame(page.Contents);
            _fileLeftOut += isChanged ? 1 : 0;
            return isChanged;
        }

        bool isNewer = !page.Live.ShowsSame(page.Contents) || !ReferenceEquals(page.Backing.Page(page.ObjectPage), page.Live);
        _sharedLeftOut += isNewer ? 1 : 0;
        return isNewer;
    }

    private static string Describe(AreaInfo area) => $"{area} {area.Kind}";

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
