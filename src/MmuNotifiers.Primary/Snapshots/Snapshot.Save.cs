using System.Runtime.CompilerServices;

namespace MmuNotifiers.Primary;

/// <summary>Saving.</summary>
public sealed partial class Snapshot
{
    /// <summary>
    /// Saves an address space to a file while it runs on. The snapshot is of the moment at which this method returns its task, see
    /// <see cref="AddressSpace.Fork"/>; until then it blocks, for as long as fork takes. The file appears under its name when it is whole and on the
    /// disk: a save that fails or is cancelled leaves what was there.
    /// </summary>
    /// <param name="space">The address space.</param>
    /// <param name="path">The file; replaced if there is one.</param>
    /// <param name="options">What to do about files and shared memory; null refuses an address space that maps files.</param>
    /// <param name="progress">Told after each megabyte or so; null for nobody.</param>
    /// <param name="cancellationToken">Ends the save.</param>
    /// <returns>What was saved.</returns>
    /// <exception cref="SnapshotException">There is something that cannot be saved, or there are not enough frames to copy what is pinned.</exception>
    /// <exception cref="IOException">The task: the file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The task: it was cancelled.</exception>
    /// <remarks>
    /// What is saved: areas with their rights and advice, the heap, private pages, guards, nonlinear pages, what soft-dirty tracks. Pages of zeroes
    /// are not stored. Advice about children (<see cref="Advice.DontFork"/>, <see cref="Advice.WipeOnFork"/>) is kept and does not matter
    /// here. Pages that were evicted are brought in one after the other; one that cannot be makes the task end in <see cref="SnapshotException"/>.
    /// </remarks>
    public static Task<SnapshotSummary> SaveAsync(
        AddressSpace space,
        string path,
        SnapshotSaveOptions? options = null,
        IProgress<SnapshotProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentException.ThrowIfNullOrEmpty(path);
        SnapshotSaver saver = SnapshotSaver.Begin(space, options ?? new SnapshotSaveOptions(), progress);
        return Task.Run(() => SaveToFileAsync(saver, path, cancellationToken), CancellationToken.None);
    }

    /// <summary>As <see cref="SaveAsync"/>, to a stream, which need not be able to seek; it is neither flushed to a disk nor closed.</summary>
    /// <inheritdoc cref="SaveAsync"/>
    /// <param name="space">The address space.</param>
    /// <param name="stream">Written from its position on; a snapshot that is to be opened begins at the file's start.</param>
    /// <param name="options">What to do about files and shared memory; null refuses an address space that maps files.</param>
    /// <param name="progress">Told after each megabyte or so; null for nobody.</param>
    /// <param name="cancellationToken">Ends the save.</param>
    public static Task<SnapshotSummary> WriteAsync(
        AddressSpace space,
        Stream stream,
        SnapshotSaveOptions? options = null,
        IProgress<SnapshotProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(stream);
        SnapshotSaver saver = SnapshotSaver.Begin(space, options ?? new SnapshotSaveOptions(), progress);
        return Task.Run(() => SaveToStreamAsync(saver, stream, cancellationToken), CancellationToken.None);
    }

    private static async Task<SnapshotSummary> SaveToFileAsync(SnapshotSaver saver, string path, CancellationToken cancellationToken)
    {
        await using ConfiguredAsyncDisposable held = saver.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        using FileSink sink = new(path);
        SnapshotSummary summary = await saver.WriteAsync(sink, cancellationToken).ConfigureAwait(false);
        sink.Commit();
        return summary;
    }

    private static async Task<SnapshotSummary> SaveToStreamAsync(SnapshotSaver saver, Stream stream, CancellationToken cancellationToken)
    {
        await using ConfiguredAsyncDisposable held = saver.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return await saver.WriteAsync(new StreamSink(stream), cancellationToken).ConfigureAwait(false);
    }
}
