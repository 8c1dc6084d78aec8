using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay.Files;

/// <summary>
/// A recorded file or shared object in the replay: the primary's object, and the model of its contents. All processes share it.
/// </summary>
internal sealed class Backing : IDisposable
{
    private readonly Dictionary<ulong, PageContents> _pages = [];
    private readonly HashSet<ulong> _warmPages = [];
    private readonly SyntheticContent? _content;

    private Backing(string name, MemoryObject target, SyntheticContent? content)
    {
        Name = name;
        Object = target;
        Handle = new ObjectHandle(target, AccessRights.Read | AccessRights.Write | AccessRights.Execute);
        _content = content;
    }

    /// <summary>The recorded path.</summary>
    public string Name { get; }

    /// <summary>The primary's object.</summary>
    public MemoryObject Object { get; }

    /// <summary>The primary's object, open for everything: the recorded refusals are known.</summary>
    public ObjectHandle Handle { get; }

    /// <summary>Whether stores through shared mappings are noticed page by page, as a file's are and tmpfs' are not.</summary>
    public bool NoticesWrites => _content is not null;

    /// <summary>Makes the object of a recorded file.</summary>
    public static Backing Create(PhysicalMemory memory, TraceFile file, ulong sizeBytes)
    {
        if (file.Kind is TraceFileKind.Regular or TraceFileKind.Unknown)
        {
            SyntheticContent content = new(file.Id, sizeBytes);
            return new Backing(file.Path, new FileObject(memory, content), content);
        }

        return CreateSharedMemory(memory, file.Path, sizeBytes);
    }

    /// <summary>Makes shared memory that is zero throughout.</summary>
    public static Backing CreateSharedMemory(PhysicalMemory memory, string name, ulong sizeBytes) =>
        new(name, new SharedMemoryObject(memory, sizeBytes), null);

    /// <summary>Nobody can map the object any more but who has it mapped already: shared anonymous memory.</summary>
    public void LetGo() => Object.Dispose();

    /// <summary>What a page of the object must show.</summary>
    public PageContents Page(ulong index)
    {
        if (!_pages.TryGetValue(index, out PageContents? page))
        {
            _pages.Add(index, page = Untouched(index));
        }

        return page;
    }

    /// <summary>Every page of the object of which the model knows what it must show.</summary>
    public IReadOnlyDictionary<ulong, PageContents> KnownPages => _pages;

    /// <summary>A page of the object was punched out: it is zero from now on.</summary>
    public void Punch(ulong index) => _pages[index] = new PageContents();

    /// <summary>
    /// Brings the pages of a window into the page cache, as they were when the recording was made, so that fault-around finds
    /// them. Shared memory is not brought in: its pages come into being by a touch.
    /// </summary>
    public void Warm(ulong firstPage, ulong pages)
    {
        Span<byte> one = stackalloc byte[1];
        for (ulong page = firstPage; _content is not null && page < firstPage + pages; page++)
        {
            if (page << MmuNotifiers.Page.Shift < _content.SizeBytes && _warmPages.Add(page))
            {
                Object.Read(page << MmuNotifiers.Page.Shift, one);
            }
        }
    }

    /// <summary>Whether <see cref="Warm"/> has brought a page in; reclaim may have taken it since.</summary>
    public bool WasWarm(ulong page) => _warmPages.Contains(page);

    /// <inheritdoc/>
    public void Dispose() => Object.Dispose();

    private PageContents Untouched(ulong index)
    {
        if (_content is null)
        {
            return new PageContents();
        }

        PageContents page = new(_content, index);
        for (int slot = 0; slot < WordSlots.Count; slot++)
        {
            page.Set(slot, new Word(_content.OriginalWord((index * MmuNotifiers.Page.SizeBytes) + WordSlots.OffsetOf(slot))));
        }

        return page;
    }
}
