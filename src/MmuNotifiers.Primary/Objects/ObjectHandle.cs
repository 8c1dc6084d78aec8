namespace MmuNotifiers.Primary;

/// <summary>An open object: what an open file description is to a file. Areas of different handles do not merge.</summary>
public sealed class ObjectHandle
{
    /// <summary>Opens an object.</summary>
    /// <param name="target">The object.</param>
    /// <param name="access">What the handle allows; a mapping cannot have more (EACCES).</param>
    public ObjectHandle(MemoryObject target, AccessRights access)
    {
        ArgumentNullException.ThrowIfNull(target);
        Object = target;
        Access = access;
    }

    /// <summary>The object.</summary>
    public MemoryObject Object { get; }

    /// <summary>What the handle was opened for.</summary>
    public AccessRights Access { get; }
}
