using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>The last level of a slot's shadow table: the entries of 512 neighbouring guest pages.</summary>
internal sealed class ShadowLeaf
{
    internal const int Shift = 9;
    internal const int Entries = 1 << Shift;

    private readonly ShadowCell[] _cells = new ShadowCell[Entries];

    /// <summary>How many entries are present. Guarded by the mmu lock.</summary>
    internal int Present { get; private set; }

    /// <summary>An entry as it is now.</summary>
    internal ShadowPte Read(int index) => new(Shared.Read(in _cells[index].Pte, _cells));

    /// <summary>The host address for an entry that the caller has read, in the same section, and found present.</summary>
    internal nint HostOf(int index) => Shared.Read(in _cells[index].Host, _cells);

    /// <summary>Replaces an entry if it still is what the caller saw.</summary>
    internal bool TryReplace(int index, ShadowPte seen, ShadowPte next) =>
        Shared.CompareExchange(ref _cells[index].Pte, next.Value, seen.Value, _cells) == seen.Value;

    /// <summary>Makes an entry present that is not. Under the mmu lock.</summary>
    internal void Install(int index, ShadowPte pte, nint host)
    {
        Shared.Write(ref _cells[index].Host, host, _cells);
        Shared.Write(ref _cells[index].Pte, pte.Value, _cells);
        Present++;
    }

    /// <summary>Reads and clears the accessed bit of an entry, without a lock.</summary>
    /// <returns>Whether it was set.</returns>
    internal bool ClearYoung(int index)
    {
        ShadowPte pte = Read(index);
        while (pte is { IsPresent: true, IsAccessed: true })
        {
            if (TryReplace(index, pte, pte.Old()))
            {
                return true;
            }

            pte = Read(index);
        }

        return false;
    }

    /// <summary>Takes an entry away. Under the mmu lock; the caller waits for accesses in flight before it gives up the lock.</summary>
    /// <returns>What was there, with all that the virtual CPUs noted in it.</returns>
    internal ShadowPte Zap(int index)
    {
        ShadowPte old = Read(index);
        if (old.IsPresent)
        {
            old = new ShadowPte(Shared.Exchange(ref _cells[index].Pte, ShadowPte.NotPresent.Value, _cells));
            Present--;
        }

        return old;
    }
}
