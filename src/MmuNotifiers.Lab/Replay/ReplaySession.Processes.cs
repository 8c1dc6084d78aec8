using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Devices;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

internal sealed partial class ReplaySession
{
    /// <summary>More pages than the kernel's own areas ever have.</summary>
    private const ulong MostKernelPages = 64;

    private void Perform(ExecEvent exec)
    {
        if (_processes.Remove(exec.ProcessId, out ReplayedProcess? before))
        {
            Leave(before);
        }

        ProgramStart start = _script.Foresight.StartOf(exec);
        AddressSpace primary = new(_memory, OptionsFor(start.HeapStart));
        ReplayedSpace space = Attach(exec.ProcessId, exec.Program, primary, new SpaceModel(NextSpaceNumber()));
        space.HeapEnd = start.HeapStart;
        _processes.Add(exec.ProcessId, new ReplayedProcess(exec.ProcessId, space));
        space.Counts.Operations++;
        foreach (InitialArea area in exec.Areas)
        {
            MapInitial(space, exec, area);
        }

        foreach (ModelArea area in space.Model.Areas.In(start.ArgumentPages))
        {
            Populate(space, area);
        }

        _devices.Add(space);
    }

    /// <summary>
    /// Maps what execve mapped. Each page of the kernel's own areas is an object of its own, since fault-around does not work there.
    /// </summary>
    private void MapInitial(ReplayedSpace space, ExecEvent exec, InitialArea area)
    {
        if (!CallRanges.Fit(in area))
        {
            PassOverAbsurd(exec, area.ToString);
            return;
        }

        AccessRights rights = RightsOf(area.Protection);
        AddressRange range = RoundedRange(area.Start, area.LengthBytes);
        if (area.Kind is InitialAreaKind.Vdso or InitialAreaKind.Vvar && range.Pages <= MostKernelPages)
        {
            for (ulong page = 0; page < Page.Count(area.LengthBytes); page++)
            {
                AddressRange one = AddressRange.OfPage(area.Start + (page << Page.Shift));
                Files.Backing kernels = NewSharedMemory($"[{area.Kind}]", Page.SizeBytes);
                Map(space, exec, new ModelArea(one, rights, ModelAreaKind.PrivateObject, kernels, 0, ModelAreaTraits.None));
                LetGoIfNameless(kernels);
            }

            return;
        }

        bool isShared = (area.Flags & LinuxMapFlags.Shared) != 0;
        Files.Backing? backing = area.FileId == 0 ? null : BackingOf(area.FileId);
        ModelAreaTraits traits = (area.Flags & LinuxMapFlags.GrowsDown) != 0 ? ModelAreaTraits.GrowsDown : ModelAreaTraits.None;
        Map(space, exec, new ModelArea(
            range, rights, KindOf(backing, isShared), backing, area.OffsetBytes >> Page.Shift, traits));
        if (area.Kind == InitialAreaKind.Heap)
        {
            space.HeapEnd = range.End;
        }
    }

    private void Perform(ReplayedProcess parent, ForkEvent fork)
    {
        ReplayedSpace space = parent.Space;
        if (fork.MakesThread)
        {
            parent.Threads.Add(fork.ChildThreadId);
            space.Counts.MostThreads = Math.Max(space.Counts.MostThreads, parent.Threads.Count);
            return;
        }

        if (_processes.Remove(fork.ChildProcessId, out ReplayedProcess? before))
        {
            Leave(before);
        }

        if (fork.SharesAddressSpace)
        {
            space.Users++;
            _processes.Add(fork.ChildProcessId, new ReplayedProcess(fork.ChildProcessId, space));
            return;
        }

        ReplayedSpace? child = Fork(space, fork);
        if (child is not null)
        {
            _processes.Add(fork.ChildProcessId, new ReplayedProcess(fork.ChildProcessId, child));
            _devices.Add(child);
            _devices.AfterFork(space, child);
        }
    }

    private ReplayedSpace? Fork(ReplayedSpace space, ForkEvent fork)
    {
        using ReplayedSpace.ChangeScope change = space.BeginChange();
        long startedAt = Stopwatch.GetTimestamp();
        AddressSpace? primary = space.Primary.Fork();
        Clock(startedAt);
        if (primary is null)
        {
            _end.Explains(FaultResult.OutOfMemory, () => $"fork of process {space.ProcessId} ({space.Program})");
            return null;
        }

        space.Counts.Forks++;
        SpaceModel model = space.Model.Fork(NextSpaceNumber(), _devices.IsConcurrent ? ForkCopies.AtOnce : ForkCopies.OnStore);
        ReplayedSpace child = Attach(fork.ChildProcessId, space.Program, primary, model);
        child.HeapEnd = space.HeapEnd;
        child.Watch?.Inherit(space.Watch!);
        return child;
    }

    private void Perform(ReplayedProcess process, ExitEvent exit)
    {
        process.Threads.Remove(exit.ThreadId);
        if (process.Threads.Count == 0)
        {
            TakeLastMomentOf(process);
            _processes.Remove(process.ProcessId);
            Leave(process);
        }
    }

    /// <summary>A process no longer uses its address space; with the last one it is torn down.</summary>
    private void Leave(ReplayedProcess process)
    {
        ReplayedSpace space = process.Space;
        SampleSubscriptions();
        _processes.Remove(process.ProcessId);
        if (--space.Users > 0)
        {
            return;
        }

        _devices.Remove(space);
        ReadBack(space);
        long startedAt = Stopwatch.GetTimestamp();
        space.Primary.Dispose();
        Clock(startedAt);
        _devices.AfterRelease(space);
        foreach (AttachedSecondary secondary in space.Secondaries)
        {
            secondary.Dispose();
        }

        space.Watch?.Dispose();
        space.Model.Forget();
    }

    private ReplayedSpace Attach(int processId, string program, AddressSpace primary, SpaceModel model)
    {
        AttachedSecondary[] attached =
            [.. _options.Secondaries.Select((kind, i) => AttachedSecondary.Attach(kind, i + 1, primary, _attachment, _options.Prefetch))];
        ReplayedSpace space = new(processId, program, primary, model, attached)
        {
            Watch = _memory.Reclaim is not null || _options.Snapshot is not null ? new ReclaimWatch(primary, _memory.Reclaim) : null,
        };
        _spaces.Add(space);
        return space;
    }

    private int NextSpaceNumber() => _spaces.Count + 1;

    private AddressSpaceOptions OptionsFor(VirtualAddress? heapStart) => new()
    {
        HeapStart = heapStart,
        FaultAroundPages = _faultAroundPages,
        Hooks = _attachment?.Hooks ?? _options.Hooks,
    };
}
