namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>When the model copies the contents that a fork shares.</summary>
internal enum ForkCopies
{
    /// <summary>When either side stores.</summary>
    OnStore,

    /// <summary>At the fork.</summary>
    AtOnce,
}
