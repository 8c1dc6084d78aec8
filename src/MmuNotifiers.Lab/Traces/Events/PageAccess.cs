using System.Globalization;

namespace MmuNotifiers.Lab.Traces;

/// <summary>One or more accesses of a program to one page, with none to another page between that a reader need know of.</summary>
public readonly record struct PageAccess
{
    private readonly ulong _packed;

    /// <summary>Makes an access.</summary>
    /// <param name="address">An address in the page; its offset is dropped.</param>
    /// <param name="kinds">What was done, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kinds"/> is none, or unknown.</exception>
    public PageAccess(VirtualAddress address, PageAccessKinds kinds)
    {
        if (kinds is PageAccessKinds.None or > All or < PageAccessKinds.None)
        {
            throw new ArgumentOutOfRangeException(nameof(kinds), kinds, "Expected reads, writes, instruction fetches or several of them.");
        }

        _packed = address.AlignDown().Value | (uint)kinds;
    }

    /// <summary>Where the page starts.</summary>
    public VirtualAddress Address => new VirtualAddress(_packed).AlignDown();

    /// <summary>What was done.</summary>
    public PageAccessKinds Kinds => (PageAccessKinds)(_packed & (ulong)All);

    internal const PageAccessKinds All = PageAccessKinds.Read | PageAccessKinds.Write | PageAccessKinds.Execute;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kinds} at {Address}");
}
