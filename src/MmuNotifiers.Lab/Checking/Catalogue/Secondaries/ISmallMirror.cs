namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>What a device needs of a small secondary MMU.</summary>
internal interface ISmallMirror
{
    /// <summary>Reads through an entry, if there is one that allows it.</summary>
    bool TryRead(VirtualAddress address, Span<byte> destination);

    /// <summary>Writes through an entry, if there is one that allows it.</summary>
    bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source);

    /// <summary>Faults a page in for an access that found no entry. May block; the caller holds no lock.</summary>
    /// <returns>Success when a repeated access is worth while.</returns>
    FaultResult Fault(VirtualAddress address, AccessRights access);
}
