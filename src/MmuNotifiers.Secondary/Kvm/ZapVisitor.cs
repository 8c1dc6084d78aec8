namespace MmuNotifiers.Secondary.Kvm;

/// <summary>Takes entries away and hands what they noted to the primary. Under the mmu lock.</summary>
internal struct ZapVisitor(IPrimaryMmu primary) : ILeafVisitor
{
    /// <summary>How many entries were present.</summary>
    internal int Zapped { get; private set; }

    /// <inheritdoc/>
    public void Visit(ShadowLeaf leaf, int first, int end)
    {
        for (int index = first; index < end && leaf.Present > 0; index++)
        {
            ShadowPte old = leaf.Zap(index);
            if (!old.IsPresent)
            {
                continue;
            }

            Zapped++;
            if (old.IsDirty)
            {
                primary.MarkDirty(old.Frame);
            }

            if (old.IsAccessed)
            {
                primary.MarkYoung(old.Frame);
            }
        }
    }
}
