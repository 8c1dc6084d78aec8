namespace MmuNotifiers.Primary;

/// <summary>A fault as it is being resolved.</summary>
internal readonly struct Fault
{
    internal Fault(Area area, VirtualAddress page, AccessRights access, long sequence)
    {
        Area = area;
        Page = page;
        Access = access;
        Sequence = sequence;
    }

    /// <summary>The area that the look-up found.</summary>
    internal Area Area { get; }

    /// <summary>The address of the page.</summary>
    internal VirtualAddress Page { get; }

    /// <summary>What is to be done.</summary>
    internal AccessRights Access { get; }

    /// <summary>The map sequence from before the look-up.</summary>
    internal long Sequence { get; }

    internal bool IsWrite => (Access & AccessRights.Write) != 0;

    /// <summary>The one page, as a range.</summary>
    internal AddressRange Range => AddressRange.OfPage(Page);
}
