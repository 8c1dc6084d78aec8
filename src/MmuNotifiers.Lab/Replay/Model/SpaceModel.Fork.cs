namespace MmuNotifiers.Lab.Replay.Model;

internal sealed partial class SpaceModel
{
    /// <summary>
    /// The model of a child. Private copies are shared until either side stores; pages of objects and zero pages are left out,
    /// since the recording does not tell whether the kernel copied their entries.
    /// </summary>
    /// <param name="number">The child's number.</param>
    /// <param name="copies">Whether contents are copied at once, because devices store to them from other threads.</param>
    public SpaceModel Fork(int number, ForkCopies copies)
    {
        SpaceModel child = new(number, Areas.Fork());
        foreach (ModelPage page in _list)
        {
            if (!page.IsPrivateCopy)
            {
                continue;
            }

            page.State = page.State == PagePresence.Writable ? PagePresence.Readable : page.State;
            ModelArea? area = child.Areas.Find(VirtualAddress.OfPage(page.Number));
            if (area is null || (area.Traits & ModelAreaTraits.WipeOnFork) != 0)
            {
                continue;
            }

            PageContents contents = page.Contents;
            contents.IsShared |= copies == ForkCopies.OnStore;
            child.Add(new ModelPage(page.Number, copies == ForkCopies.OnStore ? contents : contents.Copy(), isPrivateCopy: true)
            {
                State = page.State,
            });
        }

        return child;
    }
}
