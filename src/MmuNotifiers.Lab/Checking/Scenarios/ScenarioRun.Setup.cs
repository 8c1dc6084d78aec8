using System.Runtime.InteropServices;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>The beginning of an execution; one thread, not interleaved.</summary>
public sealed partial class ScenarioRun
{
    internal ScenarioRun(RaceScenario scenario, PhysicalMemory memory, Judge judge)
    {
        Judge = judge;
        _scenario = scenario;
        _secondaries = new object?[scenario.Secondaries.Length];
        if (scenario.HasReclaim || scenario.SwapStore is not null)
        {
            AddSwapStore(memory);
        }

        Space = new AddressSpace(
            memory, new AddressSpaceOptions { Hooks = scenario.HookTable, MaxResidentPages = scenario.MaxResidentPages });
        judge.Begin(this);
        _primary = scenario.Interposer?.Invoke(Space) ?? Space;
        Primary = new ObservedPrimary(_primary, judge, -1);
        Threads = [.. scenario.Threads.Select((thread, index) => new ThreadState(thread, index, scenario.Secondaries.Length))];
        foreach (PageGroup group in scenario.Groups)
        {
            Map(group);
        }

        AttachAll();
        Prepare();
    }

    internal ThreadState[] Threads { get; }

    /// <summary>The end of an execution that went well: everything is given back.</summary>
    /// <returns>False if something is still in use.</returns>
    internal bool TryTearDown()
    {
        for (int index = 0; index < _secondaries.Length; index++)
        {
            (_secondaries[index] as IDisposable)?.Dispose();
        }

        foreach (ThreadState thread in Threads)
        {
            Space.Unpin(CollectionsMarshal.AsSpan(thread.Pins));
        }

        Child?.Dispose();
        Space.Dispose();
        foreach (MemoryObject target in _objects)
        {
            target.Dispose();
        }

        // Its transfers end when they return, and so does its end.
        _swapStore?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return Memory.FramesInUse == 1;
    }

    /// <summary>Lets pages be evicted, if they cannot be yet.</summary>
    internal void AddSwapStore(PhysicalMemory memory)
    {
        if (_swapStore is null)
        {
            _swapStore = _scenario.SwapStore?.Invoke() ?? new CheckedSwapStore();
            memory.Swap.AddArea(_swapStore, SwapAreaKind.ReadWrite);
        }
    }

    private void Map(PageGroup group)
    {
        AddressRange range = RangeOf(group.First, group.Pages);
        for (int page = group.First; page < group.First + group.Pages; page++)
        {
            Judge.Holds(page, ValueOf(group.Kind, page));
        }

        switch (group.Kind)
        {
            case PageGroupKind.Private or PageGroupKind.Untouched:
                MapGroup(group, range, MapFlags.Private | MapFlags.Anonymous, null);
                break;
            case PageGroupKind.Shared:
                MapGroup(group, range, MapFlags.Shared, AddObject(group));
                break;
            case PageGroupKind.File:
                MapGroup(group, range, MapFlags.Shared, AddFile(group));
                break;
            case PageGroupKind.PrivateObject:
                MapGroup(group, range, MapFlags.Private, AddObject(group));
                break;
        }
    }

    private static ulong? ValueOf(PageGroupKind kind, int page) => kind switch
    {
        PageGroupKind.Hole => null,
        PageGroupKind.Untouched => 0,
        _ => PageWord.Initial(page),
    };

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

    private ObjectHandle AddFile(PageGroup group)
    {
        byte[] bytes = new byte[group.Pages << Page.Shift];
        for (int page = 0; page < group.Pages; page++)
        {
            ulong word = PageWord.Initial(group.First + page);
            MemoryMarshal.Write(bytes.AsSpan(page << Page.Shift), in word);
        }

        FileObject target = new(Memory, new ByteFileContent(bytes));
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
                Judge.OperationBegins(thread, operation);
                OperationOutcome outcome = operation.Run(this, thread);
                Judge.OperationEnds(thread, operation, in outcome);
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
