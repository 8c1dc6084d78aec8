namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>What is behind an area.</summary>
internal enum ModelAreaKind
{
    /// <summary>Private zero pages.</summary>
    Anonymous,

    /// <summary>An object, with private copies of what is stored.</summary>
    PrivateObject,

    /// <summary>An object that everyone who maps it sees.</summary>
    SharedObject,
}
