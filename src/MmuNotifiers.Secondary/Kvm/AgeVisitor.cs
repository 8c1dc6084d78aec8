namespace MmuNotifiers.Secondary.Kvm;

/// <summary>Reads and clears accessed bits, without a lock.</summary>
internal struct AgeVisitor : ILeafVisitor
{
    /// <summary>Whether any entry had been used.</summary>
    internal bool IsYoung { get; private set; }

    /// <inheritdoc/>
    public void Visit(ShadowLeaf leaf, int first, int end)
    {
        for (int index = first; index < end; index++)
        {
            IsYoung |= leaf.ClearYoung(index);
        }
    }
}
