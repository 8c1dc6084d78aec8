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
    /// <param name="memory">Where its frames come from. Each open snapshot takes one of a pool's 255 read-only swap areas, once.</param>
    /// <param name="options">Layout, limits, and how files are opened.</param>
    /// <returns>The address space; the caller disposes it before the snapshot.</returns>
    /// <exception cref="SnapshotException">It does not fit into bounds or limits, or a file was not opened.</exception>
    /// <remarks>
    /// A page that is corrupt in the file, or cannot be read, is <see cref="FaultResult.BusError"/> by itself; <see cref="PhysicalMemory.SwapFailures"/>
    /// says why. Locked areas count as locked, but their pages come in like all others.
    /// </remarks>
    public AddressSpace Load(PhysicalMemory memory, SnapshotLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        options ??= new SnapshotLoadOptions();
        int swapArea = AreaIn(memory);
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

    private int AreaIn(PhysicalMemory memory)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (!_areas.TryGetValue(memory, out int area) && _store.SlotCount > 0)
        {
            area = memory.Swap.AddArea(_store, SwapAreaKind.ReadOnly);
            _areas.Add(memory, area);
        }

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
