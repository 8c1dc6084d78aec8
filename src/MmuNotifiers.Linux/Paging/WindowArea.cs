namespace MmuNotifiers.Linux;

/// <summary>The window as the one area that it is.</summary>
internal sealed class WindowArea(AddressRange range, bool isShared) : IMappedArea
{
    /// <inheritdoc/>
    public AddressRange Range => range;

    /// <inheritdoc/>
    public AccessRights Rights => AccessRights.ReadWrite;

    /// <inheritdoc/>
    public bool IsShared => isShared;
}
