namespace MmuNotifiers.WrapperCost;

/// <summary>What the compared methods access: a word and a reference.</summary>
internal sealed class Entry
{
    internal ulong Word;
    internal string? Text;
}
