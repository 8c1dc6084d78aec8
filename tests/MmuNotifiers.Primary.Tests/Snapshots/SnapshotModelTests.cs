using CsCheck;
using MmuNotifiers.Primary.Tests.Swap;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>Random address spaces: what is loaded is what was saved, area by area and byte by byte, also where frames are short.</summary>
public sealed class SnapshotModelTests
{
    private const ulong First = 0x10000;
    private const ulong Window = 24;
    private const int Programs = 300;

    private static readonly Gen<(int Kind, int First, int Count, int Value)[]> Operations =
        Gen.Select(Gen.Int[0, 17], Gen.Int[0, (int)Window - 1], Gen.Int[1, 8], Gen.Int[1, 250]).Array[1, 60];

    [Fact]
    public void What_is_loaded_is_what_was_saved() => Operations.Sample(static program => Check(program, frames: 1024), iter: Programs);

    [Fact]
    public void What_is_loaded_is_what_was_saved_though_most_is_evicted() => Operations.Sample(static program => Check(program, frames: 24), iter: Programs);

    private static void Check((int Kind, int First, int Count, int Value)[] program, long frames)
    {
        using Scratch scratch = new();
        TestSwapStore store = new();
        using PhysicalMemory memory = new(frames, FreedFrames.Poisoned, new ReclaimOptions { Swap = store, MinimumResidency = TimeSpan.Zero });
        using AddressSpace space = new(memory);
        using SharedMemoryObject shared = new(memory, Window << Page.Shift);
        ObjectHandle handle = new(shared, AccessRights.ReadWrite);
        foreach ((int kind, int first, int count, int value) in program)
        {
            Perform(space, handle, kind, (ulong)first, Math.Min((ulong)count, Window - (ulong)first), value);
        }

        string file = scratch["space"];
        Snapshot.SaveAsync(space, file, cancellationToken: TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        TestSwapStore otherStore = new();
        using PhysicalMemory other = new(frames, FreedFrames.Poisoned, new ReclaimOptions { Swap = otherStore, MinimumResidency = TimeSpan.Zero });
        using Snapshot snapshot = Snapshot.Open(file);
        Assert.Empty(snapshot.Verify(cancellationToken: TestContext.Current.CancellationToken));
        using AddressSpace loaded = snapshot.Load(other);
        Assert.Equal(space.Layout().Select(static area => area.ToString() + area.Kind), loaded.Layout().Select(static area => area.ToString() + area.Kind));
        Assert.Equal(space.SoftDirtyPages(Whole), loaded.SoftDirtyPages(Whole));
        using AddressSpace child = loaded.Fork()!;
        Assert.Equal(Bytes(space), Bytes(loaded));
        loaded.AssertInvariants();
        child.AssertInvariants();
        space.AssertInvariants();
    }

    private static AddressRange Whole => AddressRange.FromPages(VirtualAddress.OfPage(First), Window);

    private static void Perform(AddressSpace space, ObjectHandle handle, int kind, ulong first, ulong count, int value)
    {
        VirtualAddress at = VirtualAddress.OfPage(First + first);
        ulong length = count << Page.Shift;
        AccessRights rights = value % 5 == 0 ? AccessRights.Read : AccessRights.ReadWrite;
        switch (kind)
        {
            case 0 or 1 or 2:
                space.Map(new MapRequest(length, rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = at });
                break;
            case 3 or 4:
                MapFlags sharing = kind == 3 ? MapFlags.Shared : MapFlags.Private;
                space.Map(new MapRequest(length, rights, sharing | MapFlags.Fixed) { Address = at, Object = handle, OffsetBytes = first << Page.Shift });
                break;
            case 5:
                space.Unmap(at, length);
                break;
            case 6:
                space.Protect(at, length, rights);
                break;
            case 7:
                space.Move(at, length, length, MoveFlags.MayMove | MoveFlags.Fixed, VirtualAddress.OfPage(First + ((first + (ulong)value) % Window)));
                break;
            case 8:
                space.Advise(at, length, (value % 7) switch
                {
                    0 => Advice.DontNeed,
                    1 => Advice.GuardInstall,
                    2 => Advice.WipeOnFork,
                    3 => Advice.DontFork,
                    4 => Advice.PageOut,
                    5 => Advice.Mergeable,
                    _ => Advice.GuardRemove,
                });
                break;
            case 9:
                space.ClearSoftDirty(AddressRange.FromLength(at, length));
                break;
            case 10:
                space.RemapPages(at, length, (first + (ulong)value) % Window);
                break;
            case 11:
                space.MergeEqualPages(Whole);
                break;
            case 12:
                space.Fork()?.Dispose();
                break;
            default:
                space.Write(at + (ulong)value, [(byte)(value % 9 == 0 ? 0 : value)]);
                break;
        }
    }

    private static List<string> Bytes(AddressSpace space)
    {
        List<string> pages = [];
        byte[] bytes = new byte[Page.SizeBytes];
        for (ulong page = 0; page < Window; page++)
        {
            TransferResult read = space.Read(VirtualAddress.OfPage(First + page), bytes);
            pages.Add(read.Succeeded ? Convert.ToHexString(bytes.AsSpan(0, 260)) + bytes.AsSpan(260).ContainsAnyExcept((byte)0) : read.Result.ToString());
        }

        return pages;
    }
}
