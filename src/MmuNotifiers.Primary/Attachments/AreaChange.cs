namespace MmuNotifiers.Primary;

/// <summary>What one change of areas took out of the tree, and what it put in. Guarded by the map lock.</summary>
internal sealed class AreaChange
{
    private readonly List<Area> _left = [];
    private readonly List<Area> _entered = [];

    /// <summary>The areas that were there before, and are not any more.</summary>
    internal List<Area> Left => _left;

    /// <summary>The areas that are new.</summary>
    internal List<Area> Entered => _entered;

    /// <summary>Notes an area that entered the tree.</summary>
    internal void Enter(Area area) => _entered.Add(area);

    /// <summary>Notes an area that left the tree; one that entered in the same change was never there.</summary>
    internal void Leave(Area area)
    {
        if (!_entered.Remove(area))
        {
            _left.Add(area);
        }
    }

    /// <summary>The change is over.</summary>
    internal void Clear()
    {
        _left.Clear();
        _entered.Clear();
    }
}
