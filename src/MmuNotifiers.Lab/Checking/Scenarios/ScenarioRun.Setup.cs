using System.Runtime.InteropServices;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>The beginning of an execution; one thread, not interleaved.</summary>
public sealed partial class ScenarioRun
{
    internal ScenarioRun(RaceScenario scenario, PhysicalMemory memory)
    {
        _scenario = scenario;
        _secondaries = new object?[scenario.Secondaries.Length];
        Space = new AddressSpace(memory, new AddressSpaceOptions { Hooks = scenario.HookTable });
        Primary = scenario.Interposer?.Invoke(Space) ?? Space;
        Threads = [.. scenario.Threads.Select(thread => new ThreadState(thread, scenario.Secondaries.Length))];
        foreach (PageGroup group in scenario.Groups)
        {
            Map(group);
        }

        AttachAll();
        Prepare();
    }

    internal ThreadState[] Threads { get; }

    private void Map(PageGroup group)
    {
        AddressRange range = RangeOf(group.First, group.Pages);
        switch (group.Kind)
        {
            case PageGroupKind.Private or PageGroupKind.Untouched:
                MapGroup(group, range, MapFlags.Private | MapFlags.Anonymous, null);
                break;
            case PageGroupKind.Shared:
                MapGroup(group, range, MapFlags.Shared, AddObject(group));
                break;
            case PageGroupKind.PrivateObject:
                MapGroup(group, range, MapFlags.Private, AddObject(group));
                break;
        }
    }

    private void MapGroup(PageGroup group, AddressRange range, MapFlags flags, ObjectHandle? handle)
    {
        bool isWritten = group.Kind == PageGroupKind.Private;
        AccessRights first = isWritten ? AccessRights.ReadWrite : group.Rights;
        AddressResult mapped = Space.Map(
            new MapRequest(range.LengthBytes, first, flags | MapFlags.Fixed) { Address = range.Start, Object = handle });
        Require(mapped.Succeeded, $"The pages {range} cannot be mapped: {mapped.Error}.");
        if (isWritten)
        {
            for (int page = group.First; page < group.First + group.Pages; page++)
            {
                ulong word = PageWord.Initial(page);
                Space.Write(AddressOf(page), MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word)));
            }

            if (group.Rights != first)
            {
                Space.Protect(range.Start, range.LengthBytes, group.Rights);
            }
        }
    }

    private ObjectHandle AddObject(PageGroup group)
    {
        SharedMemoryObject target = new(Memory, (ulong)group.Pages << Page.Shift);
        for (int page = 0; page < group.Pages; page++)
        {
            ulong word = PageWord.Initial(group.First + page);
            target.Write((ulong)page << Page.Shift, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word)));
        }

        _objects.Add(target);
        return new ObjectHandle(target, AccessRights.ReadWrite | AccessRights.Execute);
    }

    private void AttachAll()
    {
        for (int index = 0; index < _secondaries.Length; index++)
        {
            if (!_scenario.Secondaries[index].IsLate)
            {
                Attach(index);
            }
        }
    }

    /// <summary>Makes the devices that the threads will use, so that this is no part of the race, and warms them.</summary>
    private void Prepare()
    {
        foreach (ThreadState thread in Threads)
        {
            foreach (DeviceOperation operation in thread.Thread.Operations.OfType<DeviceOperation>())
            {
                DeviceOf(thread, operation.Secondary);
            }

            foreach (ScenarioOperation operation in thread.Thread.Preparations)
            {
                operation.Run(this, thread);
            }
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message);
        }
    }
}
