namespace MmuNotifiers.Primary;

/// <summary>The move of one page from a frame to another, in every address space that maps it.</summary>
/// <remarks>
/// Each mapping is taken out of use inside a bracket of its own address space; the brackets stay open until the page has arrived:
/// <code>
///   migration                                     fault, device
///   map locks of all that may map the page, in the order of their numbers
///   bracket; lock leaf; pte = on its way; unlock  (device drops its translation)
///   ... the same for every other mapping          fault finds a page on its way: waits for the map lock
///   nobody else holds the frame? copy             (nobody can reach the old frame: no mapping, no other reference)
///   every pte = the new frame
///   brackets end, map locks are left              fault starts over, finds the new frame
///   drop the references on the old frame
/// </code>
/// If somebody does hold the frame (a pin, a copy that is being made of it), every pte comes back as it was. A page of an object is
/// exchanged in the page cache under the object's lock, without which nobody new can come to it.
/// </remarks>
internal sealed class FrameMigration
{
    private readonly PhysicalMemory _memory;
    private readonly FrameNumber _old;
    private readonly FrameNumber _fresh;
    private readonly object? _owner;

    /// <summary>The mappings that are out of use, with a reference on the old frame each.</summary>
    private readonly List<TakenMapping> _taken = [];

    /// <summary>How many references on the old frame mappings of the new one have left behind.</summary>
    private int _leftReferences;

    /// <summary>Prepares a move.</summary>
    /// <param name="memory">The memory of both frames.</param>
    /// <param name="old">Where the page is; the caller holds a reference.</param>
    /// <param name="fresh">Where it is to go; the caller holds the only reference and drops it afterwards.</param>
    /// <param name="owner">Who moves it, as subscribers are told.</param>
    internal FrameMigration(PhysicalMemory memory, FrameNumber old, FrameNumber fresh, object? owner)
    {
        _memory = memory;
        _old = old;
        _fresh = fresh;
        _owner = owner;
    }

    private FrameTable Frames => _memory.Frames;

    /// <summary>Moves the page. No lock is held; may block.</summary>
    /// <returns>Whether it moved. If not, everything is as it was, but for the brackets that subscribers saw.</returns>
    internal bool Run()
    {
        // Before anybody is disturbed; asked again when nobody can pin it any more.
        if (Frames.Pins(_old) > 0)
        {
            return false;
        }

        List<AddressSpace> spaces = LockSpaces();
        List<Mapping> mappings = FindMappings(spaces);
        bool moved;
        try
        {
            moved = Take(mappings, 0);
            TellLate(mappings, HookPlacement.AfterChange);
        }
        finally
        {
            // Not empty only if a callback threw before the page could move.
            PutBack(moved: false);
            Unlock(spaces);
        }

        // What the mappings held, now that the notifiers ran.
        for (int i = 0; i < _leftReferences; i++)
        {
            _memory.Put(_old);
        }

        TellLate(mappings, HookPlacement.AfterFree);
        return moved;
    }

    private void TellLate(List<Mapping> mappings, HookPlacement when)
    {
        foreach ((AddressSpace space, VirtualAddress page) in mappings)
        {
            space.TellMigratedLate(page, _owner, when);
        }
    }

    /// <summary>
    /// Takes the map lock of every address space that may map the frame. Private pages can then come to no other: it would be by a fork
    /// of one of these. A page of an object can; that is noticed by its reference.
    /// </summary>
    private List<AddressSpace> LockSpaces()
    {
        while (true)
        {
            SortedSet<AddressSpace> wanted = FindSpaces();
            List<AddressSpace> locked = [.. wanted.Where(static space => space.TryEnterForMigration())];
            if (wanted.IsSupersetOf(FindSpaces()))
            {
                return locked;
            }

            Unlock(locked);
        }
    }

    private SortedSet<AddressSpace> FindSpaces() =>
        new(ReverseMapping.Candidates(_memory, _old).Select(static mapping => mapping.Space), AddressSpaceOrder.Instance);

    private static void Unlock(List<AddressSpace> spaces)
    {
        for (int i = spaces.Count - 1; i >= 0; i--)
        {
            spaces[i].ExitAfterMigration();
        }
    }

    private List<Mapping> FindMappings(List<AddressSpace> spaces) =>
        [.. ReverseMapping.Candidates(_memory, _old).Where(mapping => spaces.Contains(mapping.Space) && mapping.Space.Maps(mapping.Address, _old))];

    /// <summary>Takes the mappings from one on out of use, each inside a bracket that stays open, then moves the page.</summary>
    private bool Take(List<Mapping> mappings, int next)
    {
        if (next == mappings.Count)
        {
            return CopyAndMap();
        }

        (AddressSpace space, VirtualAddress page) = mappings[next];
        using InvalidationScope bracket = space.BeginMigration(page, _owner);
        if (space.TryTakeForMigration(page, _old, out Pte pte))
        {
            _taken.Add(new TakenMapping(space, page, pte));
        }

        return Take(mappings, next + 1);
    }

    private bool CopyAndMap()
    {
        // The references of the mappings that were taken, and the caller's.
        int references = _taken.Count + 1;
        bool moved = _taken.Count > 0 && (Frames.Owner(_old) is MemoryObject target
            ? target.TryReplacePage(Frames.Index(_old), _old, _fresh, references)
            : TryCopyPrivate(references));
        PutBack(moved);
        return moved;
    }

    private void PutBack(bool moved)
    {
        foreach ((AddressSpace space, VirtualAddress page, Pte pte) in _taken)
        {
            if (moved)
            {
                Frames.Get(_fresh);
                _leftReferences++;
            }

            space.PutAfterMigration(page, moved ? pte.WithFrame(_fresh) : pte);
        }

        _taken.Clear();
    }

    private bool TryCopyPrivate(int references)
    {
        if (Frames.Owner(_old) is not { } owner || !Frames.IsUnmapped(_old, references))
        {
            return false;
        }

        _memory.Copy(_old, _fresh);
        Frames.SetOwner(_fresh, owner, Frames.Index(_old), Frames.Flags(_old));
        return true;
    }
}
