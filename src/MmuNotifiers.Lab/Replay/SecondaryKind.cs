namespace MmuNotifiers.Lab.Replay;

/// <summary>A kind of secondary MMU that a replay can attach.</summary>
public enum SecondaryKind
{
    /// <summary>The software TLB of a virtual CPU.</summary>
    Tlb,

    /// <summary>The shadow page tables of a directly mapped guest.</summary>
    Shadow,

    /// <summary>A network card with a TLB of its own, which prefetches.</summary>
    NetworkCard,

    /// <summary>A registration cache.</summary>
    Registration,
}
