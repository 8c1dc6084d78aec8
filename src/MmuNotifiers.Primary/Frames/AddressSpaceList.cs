using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The address spaces of a pool that were not disposed: for those who look at all of them, now and then.</summary>
internal sealed class AddressSpaceList
{
    private readonly UncontrolledLock _lock = new();

    /// <summary>In no order. Guarded by the lock.</summary>
    private readonly List<AddressSpace> _spaces = [];

    /// <summary>Those there are at this moment; each may be disposed at any time.</summary>
    internal AddressSpace[] ToArray()
    {
        using (_lock.EnterScope())
        {
            return [.. _spaces];
        }
    }

    internal void Add(AddressSpace space)
    {
        using (_lock.EnterScope())
        {
            _spaces.Add(space);
        }
    }

    internal void Remove(AddressSpace space)
    {
        using (_lock.EnterScope())
        {
            int index = _spaces.LastIndexOf(space);
            if (index >= 0)
            {
                _spaces[index] = _spaces[^1];
                _spaces.RemoveAt(_spaces.Count - 1);
            }
        }
    }

    /// <summary>Forgets them all, where a pool begins anew.</summary>
    internal void Clear()
    {
        using (_lock.EnterScope())
        {
            _spaces.Clear();
        }
    }
}
