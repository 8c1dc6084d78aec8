using CsCheck;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Core;

public sealed class ReverseMappingTests
{
    private const ulong First = 64;
    private const ulong Window = 48;

    [Fact]
    public void After_any_operations_every_frame_is_found_at_exactly_the_ptes_that_map_it() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2], Gen.ULong[0, Window - 9], Gen.ULong[1, 8], Gen.ULong[0, Window - 9])
            .Array[1, 40]
            .Sample(Check, iter: 300, threads: 1);

    private static void Check((int Kind, int Process, ulong Page, ulong Pages, ulong To)[] operations)
    {
        using PhysicalMemory memory = new(4096, FreedFrames.Poisoned);
        using SharedMemoryObject shared = new(memory, Window * Page.SizeBytes);
        ObjectHandle handle = new(shared, AccessRights.ReadWrite);
        List<AddressSpace> spaces = [new AddressSpace(memory)];
        foreach ((int kind, int process, ulong page, ulong pages, ulong to) in operations)
        {
            Perform(spaces, handle, kind, spaces[process % spaces.Count], First + page, pages, First + to);
        }

        foreach (AddressSpace space in spaces)
        {
            space.AssertInvariants();
        }

        AssertExact(memory, spaces);
        spaces.ForEach(space => space.Dispose());
    }

    private static void Perform(
        List<AddressSpace> spaces, ObjectHandle handle, int kind, AddressSpace space, ulong page, ulong pages, ulong to)
    {
        switch (kind)
        {
            case 0:
                space.MapPrivate(page, pages);
                break;
            case 1:
                space.MapObject(page, pages, to % 2 == 0 ? MapFlags.Shared : MapFlags.Private, handle);
                break;
            case 2 or 3:
                space.Write(At(page), new byte[pages * Page.SizeBytes]);
                break;
            case 4:
                space.Read(At(page), new byte[pages * Page.SizeBytes]);
                break;
            case 5:
                space.Move(At(page), pages * Page.SizeBytes, pages * Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(to));
                break;
            case 6:
                space.Unmap(At(page), pages * Page.SizeBytes);
                break;
            case 7 when spaces.Count < 4:
                spaces.Add(space.Fork()!);
                break;
        }
    }

    private static void AssertExact(PhysicalMemory memory, List<AddressSpace> spaces)
    {
        Dictionary<FrameNumber, HashSet<Mapping>> byWalk = [];
        foreach (AddressSpace space in spaces)
        {
            space.ApplyToPageRange(Pages(First, Window), (address, state) =>
            {
                if (state.IsPresent && state.Frame != PhysicalMemory.ZeroFrame)
                {
                    byWalk.TryAdd(state.Frame, []);
                    byWalk[state.Frame].Add(new Mapping(space, address));
                }

                return PageAction.Keep;
            });
        }

        foreach ((FrameNumber frame, HashSet<Mapping> mappings) in byWalk)
        {
            Assert.Equal(mappings, [.. ReverseMapping.Find(memory, frame)]);
            Assert.Equal(mappings.Count, memory.Frames.Mappings(frame));
        }
    }
}
