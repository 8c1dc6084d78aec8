using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Loading.</summary>
public sealed partial class Snapshot
{
    /// <summary>
    /// Makes an address space that is what was saved. No page is read: each comes in when it is used, is compared with its checksum, and may be
    /// evicted again without a write as long as nobody stored to it. Address spaces that are loaded from one snapshot into one pool share the pages that
    /// come in until they store to them.
    /// </summary>
    /// <param name="memory">Where its frames come from. At one time a pool can have pages of 255 snapshots; one counts until it is closed and none of its pages is evicted in the pool.</param>
    /// <param name="options">Layout, limits, and how files are opened.</param>
    /// <returns>The address space; the caller disposes it before the snapshot.</returns>
    /// <exception cref="SnapshotException">It does not fit into bounds or limits, or a file was not opened.</exception>
    /// <exception cref="InvalidOperationException">The pool has pages of 255 snapshots already.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was closed.</exception>
    /// <remarks>
    /// A page that is corrupt in the file, or cannot be read, is <see cref="FaultResult.BusError"/> by itself; <see cref="PhysicalMemory.SwapFailures"/>
    /// says why. Locked areas count as locked, but their pages come in like all others.
    /// </remarks>
    public AddressSpace Load(PhysicalMemory memory, SnapshotLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        options ??= new SnapshotLoadOptions();
        int swapArea = HoldArea(memory);
        try
        {
            return LoadInto(memory, options, swapArea);
        }
        finally
        {
            if (swapArea != NoArea)
            {
                memory.Swap.LetGoOfArea(swapArea);
            }
        }
    }

    private AddressSpace LoadInto(PhysicalMemory memory, SnapshotLoadOptions options, int swapArea)
    {
        MemoryObject[] objects = OpenObjects(memory, options, swapArea);
        AddressSpace space = new(memory, options.AddressSpace);
        try
        {
            space.Restore(_image, objects, swapArea);
            return space;
        }
        catch
        {
            space.Dispose();
            throw;
        }
        finally
        {
            // Nobody but the areas keeps shared memory that was made here.
            DisposeShared(objects);
        }
    }

    /// <summary>The swap area that the snapshot is in a pool; the caller lets go of it, whoever closes the snapshot meanwhile.</summary>
    /// <returns><see cref="NoArea"/> if no page is stored.</returns>
    private int HoldArea(PhysicalMemory memory)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_store.SlotCount == 0)
        {
            return NoArea;
        }

        if (!_areas.TryGetValue(memory, out int area))
        {
            area = memory.Swap.AddArea(_store, SwapAreaKind.ReadOnly);
            _areas.Add(memory, area);
        }

        memory.Swap.HoldArea(area);
        return area;
    }

    private MemoryObject[] OpenObjects(PhysicalMemory memory, SnapshotLoadOptions options, int swapArea)
    {
        MemoryObject[] objects = new MemoryObject[_image.Objects.Count];
        try
        {
            for (int number = 0; number < objects.Length; number++)
            {
                SavedObject saved = _image.Objects[number];
                objects[number] = saved.IsFile
                    ? OpenFile(memory, options, new SnapshotFile(saved.Name, saved.SizeBytes))
                    : new SharedMemoryObject(memory, saved.SizeBytes);
            }

            foreach (PageRun run in _image.Runs)
            {
                if (run.Owner != SnapshotFormat.None)
                {
                    ((SharedMemoryObject)objects[run.Owner]).Restore(in run, swapArea);
                }
            }

            return objects;
        }
        catch
        {
            DisposeShared(objects);
            throw;
        }
    }

    private FileObject OpenFile(PhysicalMemory memory, SnapshotLoadOptions options, SnapshotFile file)
    {
        FileObject opened = options.OpenFile?.Invoke(file) ?? throw new SnapshotException(
            $"{Path}: the file \"{file.Name}\" is mapped, and {nameof(SnapshotLoadOptions)}.{nameof(SnapshotLoadOptions.OpenFile)} did not open it");
        return ReferenceEquals(opened.Memory, memory)
            ? opened
            : throw new SnapshotException($"{Path}: the file \"{file.Name}\" was opened over another pool of frames");
    }

    private static void DisposeShared(MemoryObject?[] objects)
    {
        foreach (SharedMemoryObject shared in objects.OfType<SharedMemoryObject>())
        {
            shared.Dispose();
        }
    }
}
