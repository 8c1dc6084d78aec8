using CsCheck;
using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>Random sequences of calls against the model without areas: results, rights and contents of every page.</summary>
public sealed class CallModelTests
{
    private const ulong First = 0x1000;
    private const ulong Count = 24;

    private static readonly AccessRights[] SomeRights =
        [AccessRights.ReadWrite, AccessRights.Read, AccessRights.None, AccessRights.Write, AccessRights.ReadWrite | AccessRights.Execute];

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Int[0, 9], Gen.ULong[0, Count - 1], Gen.ULong[1, 6], Gen.ULong[0, Count - 1], Gen.Byte,
        static (kind, page, count, other, value) =>
            new Step(kind, First + page, Math.Min(count, Count - page), First + other, value)).Array[1, 60];

    [Fact]
    public void Every_page_is_what_the_model_without_areas_says() => Steps.Sample(RunBoth, iter: 600);

    private static void RunBoth(Step[] steps)
    {
        using PhysicalMemory memory = new(512, FreedFrames.Poisoned);
        List<(AddressSpace Space, PageModel Model)> processes = [(new AddressSpace(memory), new PageModel())];
        foreach (Step step in steps)
        {
            (AddressSpace space, PageModel model) = processes[step.Value % processes.Count];
            if (step.Kind == 9 && processes.Count < 3)
            {
                processes.Add((space.Fork()!, model.Fork()));
            }
            else
            {
                RunStep(space, model, step);
            }
        }

        foreach ((AddressSpace space, PageModel model) in processes)
        {
            AssertSame(space, model);
        }

        foreach ((AddressSpace space, _) in processes)
        {
            space.Dispose();
        }

        Assert.Equal(1, memory.FramesInUse);
    }

    private static void RunStep(AddressSpace space, PageModel model, Step step)
    {
        VirtualAddress start = Spaces.At(step.Page);
        ulong bytes = step.Pages << Page.Shift;
        AccessRights rights = SomeRights[step.Value % SomeRights.Length];
        switch (step.Kind)
        {
            case 0 or 1:
                bool isShared = step.Value % 3 == 0;
                MapFlags sharing = isShared ? MapFlags.Shared : MapFlags.Private;
                MapRequest request = new(bytes, rights, sharing | MapFlags.Anonymous | MapFlags.Fixed) { Address = start };
                Assert.Equal(start, space.Map(request).Address);
                model.Map(step.Page, step.Pages, rights, isShared);
                break;
            case 2:
                Assert.Equal(Errno.None, space.Unmap(start, bytes));
                model.Unmap(step.Page, step.Pages);
                break;
            case 3 or 4:
                Assert.Equal(model.Protect(step.Page, step.Pages, rights), space.Protect(start, bytes, rights));
                break;
            case 5 when step.Other + step.Pages <= step.Page || step.Other >= step.Page + step.Pages:
                Errno moved = space.Move(start, bytes, bytes, MoveFlags.MayMove | MoveFlags.Fixed, Spaces.At(step.Other)).Error;
                Assert.Equal(model.Move(step.Page, step.Pages, step.Other), moved);
                break;
            case 6:
                Assert.Equal(model.Discard(step.Page, step.Pages), space.Advise(start, bytes, Advice.DontNeed));
                break;
            default:
                Assert.Equal(model.Store(step.Page, step.Value), space.Write(start, [step.Value]).Result);
                break;
        }
    }

    private static void AssertSame(AddressSpace space, PageModel model)
    {
        space.AssertInvariants();
        byte[] loaded = new byte[1];
        for (ulong page = First; page < First + Count + 6; page++)
        {
            FaultResult expected = model.Load(page, out byte value);
            Assert.Equal(expected, space.Read(Spaces.At(page), loaded).Result);
            if (expected == FaultResult.Success)
            {
                Assert.Equal(value, loaded[0]);
            }
        }

        Dictionary<ulong, AccessRights> rights = [];
        foreach (AreaInfo area in space.Layout())
        {
            for (ulong page = area.Range.Start.PageNumber; page < area.Range.End.PageNumber; page++)
            {
                rights.Add(page, area.Rights);
            }
        }

        Assert.Equal(model.Pages.ToDictionary(page => page.Key, page => page.Value.Rights), rights);
    }

    private sealed record Step(int Kind, ulong Page, ulong Pages, ulong Other, byte Value);
}
