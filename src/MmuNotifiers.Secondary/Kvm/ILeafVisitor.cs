namespace MmuNotifiers.Secondary.Kvm;

/// <summary>What is done to the entries of a range: zapping, ageing, write protection.</summary>
internal interface ILeafVisitor
{
    /// <summary>Called for each leaf that overlaps the range.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="first">The first index.</param>
    /// <param name="end">Behind the last index.</param>
    void Visit(ShadowLeaf leaf, int first, int end);
}
