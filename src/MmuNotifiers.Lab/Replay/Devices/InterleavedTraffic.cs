using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>
/// Devices that run between the program's operations. Each access has exactly one right outcome: the word that the model holds, or
/// a refusal. Devices never need a fault of the program: they load what it has present and store what it may store, so that the
/// primary faults when the recorded program did.
/// </summary>
internal sealed class InterleavedTraffic(ReplayOptions options, ViolationLog violations, PageOracle pages) : IDeviceTraffic
{
    private const int StoresPerFork = 8;

    private readonly Random _random = new((int)(options.Seed ^ (options.Seed >> 32)) ^ 0x5eed);
    private readonly DmaRun _runs = new(violations, options.Pressure is null ? null : pages);
    private double _credit;
    private long _sequence;

    /// <inheritdoc/>
    public bool IsConcurrent => false;

    /// <inheritdoc/>
    public void Add(ReplayedSpace space)
    {
    }

    /// <inheritdoc/>
    public void AfterOperation(ReplayedSpace space)
    {
        for (ulong page; options.DeviceRate > 0 && (page = space.Targets.TakeFreshlyRevoked()) != 0;)
        {
            foreach (AttachedSecondary secondary in space.Secondaries)
            {
                AccessRevoked(space, secondary, page);
            }
        }

        for (_credit += options.DeviceRate; _credit >= 1; _credit--)
        {
            foreach (AttachedSecondary secondary in space.Secondaries)
            {
                AccessSomething(space, secondary);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A store by a device that still had the right to would reach the frame that the child has as well. A device that lost it faults, and so
    /// breaks copy-on-write before the program does.
    /// </remarks>
    public void AfterFork(ReplayedSpace parent, ReplayedSpace child)
    {
        if (!options.StoresAfterFork)
        {
            return;
        }

        foreach (AttachedSecondary secondary in parent.Secondaries)
        {
            int left = StoresPerFork;
            for (int i = 0; i < DeviceTargets.UsedCount && left > 0; i++)
            {
                if (parent.Targets.Used(i) is { State: PagePresence.Readable, IsPrivateCopy: true } page
                    && page.IsUsedBy(secondary.Slot)
                    && parent.Model.Areas.Find(VirtualAddress.OfPage(page.Number)) is { IsWritable: true } area
                    && child.Model.FindPage(page.Number) is { State: PagePresence.Readable } inherited)
                {
                    StoreToForked(parent, child, secondary, area, page, inherited);
                    left--;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Remove(ReplayedSpace space)
    {
    }

    /// <inheritdoc/>
    public void AfterRelease(ReplayedSpace space)
    {
        if (options.DeviceRate > 0)
        {
            ReleaseCheck.Run(violations, space, _random);
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
    }

    /// <summary>One access: to a page that was revoked, to the one that the program used last, or to any that it has present.</summary>
    private void AccessSomething(ReplayedSpace space, AttachedSecondary secondary)
    {
        int choice = _random.Next(8);
        ulong revoked = choice == 0 ? space.Targets.Revoked(_random.Next()) : 0;
        if (revoked != 0)
        {
            AccessRevoked(space, secondary, revoked);
            return;
        }

        ModelPage? page = choice <= 3 ? space.Targets.Latest : null;
        if (page is null || page.State == PagePresence.Gone)
        {
            page = space.Model.PageCount > 0 ? space.Model.PageAt(_random.Next(space.Model.PageCount)) : null;
        }

        if (page is not null)
        {
            AccessPresent(space, secondary, page);
        }
    }

    private void AccessRevoked(ReplayedSpace space, AttachedSecondary secondary, ulong pageNumber)
    {
        if (space.Model.Areas.Find(VirtualAddress.OfPage(pageNumber)) is not { IsReadable: true })
        {
            ExpectRefusal(space, secondary, pageNumber, "read a page that is not mapped any more");
        }
    }

    private void AccessPresent(ReplayedSpace space, AttachedSecondary secondary, ModelPage page)
    {
        ModelArea? area = space.Model.Areas.Find(VirtualAddress.OfPage(page.Number));
        if (page.State == PagePresence.NoAccess || area is not { IsReadable: true })
        {
            ExpectRefusal(space, secondary, page.Number, "read a page that allows no access");
        }
        else if (page.State == PagePresence.Writable && _random.Next(4) == 0)
        {
            Store(space, secondary, page);
        }
        else if (!area.IsWritable && _random.Next(4) == 0)
        {
            ExpectRefusedStore(space, secondary, page);
        }
        else if (secondary.Kind == SecondaryKind.NetworkCard)
        {
            _runs.Load(space, secondary, page);
        }
        else
        {
            Load(space, secondary, page);
        }
    }

    private void Load(ReplayedSpace space, AttachedSecondary secondary, ModelPage page)
    {
        int slot = (_random.Next() & 1) == 0 ? WordSlots.Program : secondary.Slot;
        VirtualAddress address = WordSlots.AddressOf(page.Number, slot);
        secondary.CountCompared();
        secondary.CountAccess(!page.TestAndSetUsedBy(secondary.Slot));
        FaultResult result = WordAccess.Load(secondary.Device, address, out Word found);
        if (result != FaultResult.Success)
        {
            violations.Refusal(space, secondary.Mmu.Name, address, AccessRights.Read, result);
            return;
        }

        DeviceJudge.Compare(violations, space, secondary, address, found, page.Contents.Get(slot));
    }

    private void Store(ReplayedSpace space, AttachedSecondary secondary, ModelPage page)
    {
        Word word = Word.Of(WordSlots.WriterOf(secondary.Slot), space.Model.Number, page.Number, ++_sequence);
        VirtualAddress address = WordSlots.AddressOf(page.Number, secondary.Slot);
        secondary.CountCompared();
        secondary.CountAccess(!page.TestAndSetUsedBy(secondary.Slot));
        FaultResult result = WordAccess.Store(secondary.Device, address, word);
        if (result != FaultResult.Success)
        {
            violations.Refusal(space, secondary.Mmu.Name, address, AccessRights.Write, result);
            return;
        }

        page.Contents.Set(secondary.Slot, word);
        DeviceJudge.ExpectArrived(violations, space, secondary, address, word);
    }

    private void StoreToForked(
        ReplayedSpace parent, ReplayedSpace child, AttachedSecondary secondary, ModelArea area, ModelPage page, ModelPage inherited)
    {
        Word word = Word.Of(WordSlots.WriterOf(secondary.Slot), parent.Model.Number, page.Number, ++_sequence);
        VirtualAddress address = WordSlots.AddressOf(page.Number, secondary.Slot);
        secondary.CountCompared();
        secondary.CountAccess(usesNewPage: false);
        FaultResult result = WordAccess.Store(secondary.Device, address, word);
        if (result != FaultResult.Success)
        {
            violations.Refusal(parent, secondary.Mmu.Name, address, AccessRights.Write, result);
        }
        else if (WordAccess.Load(child.Primary, address, out Word seen) == FaultResult.Success && seen == word)
        {
            violations.StaleUse(parent, secondary, address, "stored to a page that the child of a fork has as well");
            page.Contents.Set(secondary.Slot, word);
            inherited.Contents.Set(secondary.Slot, word);
        }
        else
        {
            parent.Model.Touch(area, page.Number, AccessRights.Write);
            parent.Raced.GetOrAdd(page.Number, _ => new RacedPage());
            page.Contents.Set(secondary.Slot, word);
            DeviceJudge.ExpectArrived(violations, parent, secondary, address, word);
        }
    }

    private void ExpectRefusedStore(ReplayedSpace space, AttachedSecondary secondary, ModelPage page)
    {
        Word word = Word.Of(WordSlots.WriterOf(secondary.Slot), space.Model.Number, page.Number, ++_sequence);
        VirtualAddress address = WordSlots.AddressOf(page.Number, secondary.Slot);
        secondary.CountCompared();
        secondary.CountAccess(!page.TestAndSetUsedBy(secondary.Slot));
        if (WordAccess.Store(secondary.Device, address, word) == FaultResult.Success)
        {
            violations.StaleUse(space, secondary, address, "stored to a page that may not be written");
        }
    }

    private void ExpectRefusal(ReplayedSpace space, AttachedSecondary secondary, ulong pageNumber, string what)
    {
        VirtualAddress address = WordSlots.AddressOf(pageNumber, WordSlots.Program);
        secondary.CountCompared();
        secondary.CountAccess(usesNewPage: false);
        if (WordAccess.Load(secondary.Device, address, out _) == FaultResult.Success)
        {
            violations.StaleUse(space, secondary, address, what);
        }
    }
}
