using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Files;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// The moment of a snapshot: what the model says of the address space, kept while the replay goes on, and the save, which goes on beside it. Used by
/// the replaying thread.
/// </summary>
internal sealed class SnapshotMoment
{
    private readonly Dictionary<MemoryObject, SavedFile> _files = [];

    /// <summary>Takes the moment. The replay goes on when it returns.</summary>
    /// <param name="space">The address space; no device is told to stop.</param>
    /// <param name="path">The file.</param>
    /// <param name="files">The files of the recording, of which any may be mapped.</param>
    /// <exception cref="SnapshotException">It cannot be saved.</exception>
    public SnapshotMoment(ReplayedSpace space, string path, IEnumerable<SavedFile> files)
    {
        Space = space;
        Path = path;
        NameFiles(files);
        Layout = [.. space.Primary.Layout()];
        Pages = [.. PagesOf(space.Model)];
        SnapshotSaveOptions options = new() { NameFile = file => _files.TryGetValue(file, out SavedFile? known) ? known.Name : null };
        long startedAt = Stopwatch.GetTimestamp();
        using (space.BeginChange())
        {
            Task<SnapshotSummary> save = Snapshot.SaveAsync(space.Primary, path, options);
            Still = Stopwatch.GetElapsedTime(startedAt);
            Saved = TimeAsync(save, startedAt);
        }

        space.Watch!.WriteProtect(space.Model);
    }

    /// <summary>Whose moment it is.</summary>
    public ReplayedSpace Space { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The areas of the moment.</summary>
    public IReadOnlyList<AreaInfo> Layout { get; }

    /// <summary>What readable pages must show that the program is known to have had.</summary>
    public IReadOnlyList<ExpectedPage> Pages { get; }

    /// <summary>How long the program stood still.</summary>
    public TimeSpan Still { get; }

    /// <summary>The save, and how long it took from the moment on.</summary>
    public Task<(SnapshotSummary Summary, TimeSpan Elapsed)> Saved { get; }

    /// <summary>The file of the recording that a snapshot names.</summary>
    public SavedFile FileOf(string name) => _files.Values.First(file => file.Name == name);

    private static async Task<(SnapshotSummary Summary, TimeSpan Elapsed)> TimeAsync(Task<SnapshotSummary> save, long startedAt) =>
        (await save.ConfigureAwait(false), Stopwatch.GetElapsedTime(startedAt));

    /// <summary>A file is named by its path, with its number where several have the same.</summary>
    private void NameFiles(IEnumerable<SavedFile> files)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SavedFile file in files)
        {
            string name = names.Add(file.Recorded.Path) ? file.Recorded.Path : $"{file.Recorded.Path}#{file.Recorded.Id}";
            _files.Add(file.Backing.Object, file with { Name = name });
        }
    }

    private static IEnumerable<ExpectedPage> PagesOf(SpaceModel model)
    {
        for (int i = 0; i < model.PageCount; i++)
        {
            ModelPage page = model.PageAt(i);
            ModelArea? area = model.Areas.Find(VirtualAddress.OfPage(page.Number));
            if (area is not { IsReadable: true } || page.State < PagePresence.Readable)
            {
                continue;
            }

            bool isObjects = area.Backing is not null && !page.IsPrivateCopy;
            PageContents live = page.Contents;
            yield return isObjects
                ? new ExpectedPage(page.Number, live.Copy(), live, area.Backing, area.ObjectPageOf(page.Number))
                : new ExpectedPage(page.Number, live.Copy(), live, null, 0);
        }
    }
}
