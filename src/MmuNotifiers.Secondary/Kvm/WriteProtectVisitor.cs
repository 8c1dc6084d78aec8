namespace MmuNotifiers.Secondary.Kvm;

/// <summary>Takes the right to store away for the dirty log. Under the mmu lock; the caller waits for accesses in flight.</summary>
internal struct WriteProtectVisitor : ILeafVisitor
{
    /// <summary>How many entries were writable.</summary>
    internal int Protected { get; private set; }

    /// <inheritdoc/>
    public void Visit(ShadowLeaf leaf, int first, int end)
    {
        for (int index = first; index < end; index++)
        {
            ShadowPte pte = leaf.Read(index);
            while (pte.IsWritable && !leaf.TryReplace(index, pte, pte.WriteProtected()))
            {
                pte = leaf.Read(index);
            }

            Protected += pte.IsWritable ? 1 : 0;
        }
    }
}
