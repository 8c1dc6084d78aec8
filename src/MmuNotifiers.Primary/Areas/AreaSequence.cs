namespace MmuNotifiers.Primary;

/// <summary>
/// The areas of a tree that overlap a range, in ascending order, without an allocation. Each is looked up anew, so that areas may change in
/// between. Under the map lock.
/// </summary>
internal readonly struct AreaSequence(AreaTree areas, AddressRange range)
{
    public Enumerator GetEnumerator() => new(areas, range);

    internal struct Enumerator(AreaTree areas, AddressRange range)
    {
        private VirtualAddress _next = range.Start;

        public Area Current { get; private set; } = null!;

        public bool MoveNext()
        {
            if (_next >= range.End || areas.FirstEndingAbove(_next) is not { } area || area.Range.Start >= range.End)
            {
                return false;
            }

            Current = area;
            _next = area.Range.End;
            return true;
        }
    }
}
