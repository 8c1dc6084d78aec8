namespace MmuNotifiers.Primary;

/// <summary>One area of an address space, as <see cref="AddressSpace.Layout"/> reports it: a line of /proc/self/maps.</summary>
/// <param name="Range">The addresses, page aligned.</param>
/// <param name="Rights">What the area allows.</param>
/// <param name="Kind">What its pages are.</param>
/// <param name="PageOffset">
/// The page offset of its start: in the object, or for private anonymous memory the page number at which it was first touched.
/// </param>
public readonly record struct AreaInfo(AddressRange Range, AccessRights Rights, AreaKinds Kind, ulong PageOffset)
{
    /// <summary>What is mapped; null for private anonymous memory. Shared anonymous memory has a handle of its own.</summary>
    public ObjectHandle? Handle { get; init; }

    /// <summary>Whether stores reach the object.</summary>
    public bool IsShared => (Kind & AreaKinds.Shared) != 0;

    /// <summary>Whether the area is locked.</summary>
    public bool IsLocked => (Kind & AreaKinds.Locked) != 0;

    /// <summary>The line: range, rights, shared or private, page offset.</summary>
    public override string ToString()
    {
        char read = (Rights & AccessRights.Read) != 0 ? 'r' : '-';
        char write = (Rights & AccessRights.Write) != 0 ? 'w' : '-';
        char execute = (Rights & AccessRights.Execute) != 0 ? 'x' : '-';
        return $"{Range} {read}{write}{execute}{(IsShared ? 's' : 'p')} {PageOffset:x}";
    }
}
