using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>
/// The open brackets of one address space, whoever is subscribed: what invariant I7 is checked against (a pte changes only inside
/// a bracket that covers it). Kept only where <see cref="Checks.AreOn"/>.
/// </summary>
internal sealed class BracketLedger
{
    private readonly UncontrolledLock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly List<AddressRange> _open = new(capacity: 16);

    /// <summary>Who hears of brackets beside the subscribers; null but under a race checker.</summary>
    internal IBracketObserver? Observer { get; set; }

    internal void Open(scoped in InvalidationRange range)
    {
        using (_lock.EnterScope())
        {
            _open.Add(range.Range);
        }

        Observer?.Opened(in range);
    }

    internal void Close(scoped in InvalidationRange range)
    {
        using (_lock.EnterScope())
        {
            _open.RemoveAt(_open.LastIndexOf(range.Range));
        }

        Observer?.Closed(in range);
    }

    /// <summary>Asserts that open brackets, together, cover the range.</summary>
    /// <exception cref="InvariantViolationException">They do not.</exception>
    internal void AssertCovered(AddressRange range)
    {
        using (_lock.EnterScope())
        {
            VirtualAddress covered = range.Start;
            while (covered < range.End)
            {
                AddressRange covering = FindLocked(covered);
                if (covering.IsEmpty)
                {
                    Throw(range, covered);
                }

                covered = covering.End;
            }
        }
    }

    /// <summary>An open bracket that contains an address, or an empty range. Without a closure: faults must not allocate in any build.</summary>
    private AddressRange FindLocked(VirtualAddress address)
    {
        foreach (AddressRange open in _open)
        {
            if (open.Contains(address))
            {
                return open;
            }
        }

        return default;
    }

    private void Throw(AddressRange range, VirtualAddress at)
    {
        string open = _open.Count == 0 ? "no bracket is open" : $"open are {string.Join(", ", _open)}";
        throw new InvariantViolationException($"I7: a translation of {range} changes, but no open bracket covers {at}; {open}.");
    }
}
