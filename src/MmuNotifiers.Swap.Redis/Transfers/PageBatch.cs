namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Some pages of an operation, by their places in it.</summary>
/// <param name="Transfers">All pages of the operation.</param>
/// <param name="Places">Which of them, in the order of their slots.</param>
internal readonly record struct PageBatch(Memory<SwapTransfer> Transfers, ReadOnlyMemory<int> Places)
{
    public int Count => Places.Length;

    public ref SwapTransfer this[int index] => ref Transfers.Span[Places.Span[index]];

    public PageBatch Slice(int start, int count) => new(Transfers, Places.Slice(start, count));

    /// <summary>The pages cut where another group of slots begins, so that each part lies on one node and goes in one command.</summary>
    public List<PageBatch> SplitByGroup()
    {
        List<PageBatch> parts = [];
        for (int start = 0, next; start < Count; start = next)
        {
            long group = PageKeys.GroupOf(this[start].Slot);
            next = start + 1;
            while (next < Count && PageKeys.GroupOf(this[next].Slot) == group)
            {
                next++;
            }

            parts.Add(Slice(start, next - start));
        }

        return parts;
    }

    /// <summary>Each page by itself.</summary>
    public List<PageBatch> SplitByPage()
    {
        List<PageBatch> parts = new(Count);
        for (int index = 0; index < Count; index++)
        {
            parts.Add(Slice(index, 1));
        }

        return parts;
    }
}
