using MmuNotifiers.Lab.Replay.Files;

namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>
/// What one address space must show: its areas as the recorded calls made them, and the pages that the recorded program has
/// present, with their words. Written by the replaying thread only; devices on other threads read single <see cref="ModelPage"/>s.
/// </summary>
internal sealed partial class SpaceModel
{
    private readonly Dictionary<ulong, ModelPage> _pages = [];
    private readonly List<ModelPage> _list = [];

    /// <summary>Makes the model of an empty address space.</summary>
    /// <param name="number">The address space's number in the replay.</param>
    public SpaceModel(int number)
        : this(number, new ModelAreas())
    {
    }

    private SpaceModel(int number, ModelAreas areas)
    {
        Number = number;
        Areas = areas;
    }

    /// <summary>The address space's number in the replay.</summary>
    public int Number { get; }

    /// <summary>What is mapped.</summary>
    public ModelAreas Areas { get; private set; }

    /// <summary>How many pages the program is known to have present.</summary>
    public int PageCount => _list.Count;

    /// <summary>The page with a number, or null if the program is not known to have it present.</summary>
    public ModelPage? FindPage(ulong pageNumber) => _pages.GetValueOrDefault(pageNumber);

    /// <summary>One of the present pages.</summary>
    public ModelPage PageAt(int index) => _list[index];

    /// <summary>The program accessed a page of an area, and the access went through.</summary>
    public ModelPage Touch(ModelArea area, ulong pageNumber, AccessRights access)
    {
        bool isStore = (access & AccessRights.Write) != 0;
        if (!_pages.TryGetValue(pageNumber, out ModelPage? page))
        {
            page = new ModelPage(pageNumber, Untouched(area, pageNumber), isPrivateCopy: false);
            Add(page);
        }

        if (!isStore)
        {
            page.State = page.State == PagePresence.Writable ? PagePresence.Writable : PagePresence.Readable;
            return page;
        }

        if (area.Kind != ModelAreaKind.SharedObject)
        {
            TakePrivately(area, page);
        }

        page.State = PagePresence.Writable;
        return page;
    }

    /// <summary>The addresses of a range lead nowhere any more.</summary>
    public void Unmap(AddressRange range)
    {
        Drop(range);
        Areas.Remove(range);
    }

    /// <summary>An area takes the place of what its range contained.</summary>
    public void Map(ModelArea area)
    {
        Drop(area.Range);
        Areas.Put(area);
    }

    /// <summary>The pages of a range go; the areas stay.</summary>
    public void Drop(AddressRange range)
    {
        foreach (ModelPage page in PagesIn(range))
        {
            Remove(page);
        }
    }

    /// <summary>mprotect changed the rights of a range.</summary>
    public void Protect(AddressRange range, AccessRights rights)
    {
        Areas.Change(range, area => area with { Rights = rights });
        bool readable = rights != AccessRights.None;
        bool writable = (rights & AccessRights.Write) != 0;
        foreach (ModelPage page in PagesIn(range))
        {
            bool stays = page.State == PagePresence.Writable && writable;
            page.State = !readable ? PagePresence.NoAccess : stays ? PagePresence.Writable : PagePresence.Readable;
        }
    }

    /// <summary>The next store to each page of a range faults again: it was written back, or forked.</summary>
    public void WriteProtect(AddressRange range)
    {
        foreach (ModelPage page in PagesIn(range))
        {
            page.State = page.State == PagePresence.Writable ? PagePresence.Readable : page.State;
        }
    }

    /// <summary>mremap moved pages; the area at the destination was put there before.</summary>
    public void MovePages(AddressRange from, VirtualAddress to)
    {
        List<ModelPage> moving = PagesIn(from);
        foreach (ModelPage page in moving)
        {
            PagePresence state = page.State;
            Remove(page);
            ulong number = page.Number - from.Start.PageNumber + to.PageNumber;
            Add(new ModelPage(number, page.Contents, page.IsPrivateCopy) { State = state });
        }
    }

    /// <summary>The address space is gone: gives the memory back.</summary>
    public void Forget()
    {
        _pages.Clear();
        _list.Clear();
        _list.TrimExcess();
        _pages.TrimExcess();
        Areas = new ModelAreas();
    }

    /// <summary>The pages of a range that the program is known to have present.</summary>
    public List<ModelPage> PagesIn(AddressRange range)
    {
        if (range.Pages > (ulong)_list.Count)
        {
            return _list.FindAll(page => range.Contains(VirtualAddress.OfPage(page.Number)));
        }

        List<ModelPage> found = [];
        for (ulong number = range.Start.PageNumber; number < range.End.PageNumber; number++)
        {
            if (_pages.TryGetValue(number, out ModelPage? page))
            {
                found.Add(page);
            }
        }

        return found;
    }

    private static PageContents Untouched(ModelArea area, ulong pageNumber) =>
        area.Kind == ModelAreaKind.Anonymous ? new PageContents() : area.Backing!.Page(area.ObjectPageOf(pageNumber));

    /// <summary>A private page is stored to: from now on it shows nobody else's words.</summary>
    private static void TakePrivately(ModelArea area, ModelPage page)
    {
        bool others = page.IsPrivateCopy ? page.Contents.IsShared : area.Kind == ModelAreaKind.PrivateObject;
        if (others)
        {
            page.Contents = page.Contents.Copy();
        }

        page.IsPrivateCopy = true;
    }

    private void Add(ModelPage page)
    {
        page.Index = _list.Count;
        _list.Add(page);
        _pages.Add(page.Number, page);
    }

    private void Remove(ModelPage page)
    {
        page.State = PagePresence.Gone;
        _pages.Remove(page.Number);
        ModelPage last = _list[^1];
        _list[page.Index] = last;
        last.Index = page.Index;
        _list.RemoveAt(_list.Count - 1);
    }
}
