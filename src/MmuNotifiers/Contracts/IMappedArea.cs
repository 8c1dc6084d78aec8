namespace MmuNotifiers;

/// <summary>
/// What a subscriber may know about the area (vma) that a range lies in. The values are those of the moment of the call;
/// a subscriber must not keep them beyond it.
/// </summary>
public interface IMappedArea
{
    /// <summary>The addresses of the area, page aligned.</summary>
    AddressRange Range { get; }

    /// <summary>What the area allows: an upper bound for the rights of each of its pages.</summary>
    AccessRights Rights { get; }

    /// <summary>Whether stores reach the object behind the area (MAP_SHARED), instead of a private copy.</summary>
    bool IsShared { get; }
}
