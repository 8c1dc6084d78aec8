namespace MmuNotifiers.Replacement;

/// <summary>A page that is thought fit to go.</summary>
/// <param name="Number">The number of its frame.</param>
/// <param name="LastUse">When it was used last as far as was known: if it is another time by now, it was used since, or is another page.</param>
internal readonly record struct Victim(uint Number, uint LastUse)
{
    internal FrameNumber Frame => new(Number);
}
