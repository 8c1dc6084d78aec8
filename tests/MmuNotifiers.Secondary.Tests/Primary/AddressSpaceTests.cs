using CsCheck;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Primary;

/// <summary>
/// Secondaries over the real primary: whatever the program did, a device reads what the program would read, and is refused what
/// the program would be refused.
/// </summary>
public sealed class AddressSpaceTests
{
    private const int Window = 16;

    private static readonly Gen<(int Kind, int First, int Count, int Value)[]> Programs =
        Gen.Select(Gen.Int[0, 13], Gen.Int[0, Window - 1], Gen.Int[1, 6], Gen.Int[1, 250]).Array[1, 60];

    [Fact]
    public void A_software_tlb_agrees_with_the_program_after_any_operations() => Check(space => new TlbDomain(space, 16));

    [Fact]
    public void A_shadow_mmu_agrees_with_the_program_after_any_operations() => Check(space => new IdentityGuest(space));

    [Theory]
    [InlineData(PrefetchPolicy.Off)]
    [InlineData(PrefetchPolicy.OnUpdate)]
    public void A_network_card_agrees_with_the_program_after_any_operations(PrefetchPolicy prefetch) =>
        Check(space => new NetworkCard(new NetworkCardOptions { Entries = 8, Ways = 2, Prefetch = prefetch }).Attach(space));

    [Theory]
    [InlineData(RegistrationAttachment.Interval, 1 << 20)]
    [InlineData(RegistrationAttachment.Interval, 0)]
    [InlineData(RegistrationAttachment.AddressSpace, 1 << 20)]
    public void A_registration_cache_agrees_with_the_program_after_any_operations(RegistrationAttachment attachment, int mergedBytes) =>
        Check(space => new RegistrationCache(
            space, new RegistrationCacheOptions { MaxRegions = 4, MaxMergedBytes = (ulong)mergedBytes, Attachment = attachment }));

    /// <summary>Runs random programs with a secondary attached somewhere; throws where the two disagree.</summary>
    /// <param name="attach">Makes the secondary.</param>
    /// <param name="place">Where it hangs.</param>
    /// <param name="programs">How many programs.</param>
    internal static void Check(
        Func<IPrimaryMmu, ISecondaryMmu> attach, AttachmentKind place = AttachmentKind.AddressSpace, int programs = 400) =>
        Programs.Sample(
            program =>
            {
                Attachment attachment = Attachment.Of(place);
                using PhysicalMemory memory = new(1024, FreedFrames.Poisoned);
                using AddressSpace space = new(memory, new AddressSpaceOptions { Hooks = attachment.Hooks });
                using AttachedMmu attached = attachment.Attach(space);
                using ISecondaryMmu mmu = attach(attached);
                ISecondaryDevice[] devices = [mmu.AddDevice(), mmu.AddDevice()];
                List<(AddressSpace Child, byte[] Bytes)> children = [];
                try
                {
                    foreach ((int kind, int first, int count, int value) in program)
                    {
                        Perform(space, devices, children, kind, first, count, value);
                    }

                    for (int page = 0; page < Window; page++)
                    {
                        CompareRead(space, devices[page % 2], At(page, page * 8));
                    }

                    Assert.All(children, static child => Assert.Equal(child.Bytes, Snapshot(child.Child)));
                    Assert.Empty(attached.Violations);
                }
                finally
                {
                    children.ForEach(static child => child.Child.Dispose());
                }

                space.AssertInvariants();
            },
            iter: programs);

    private static void Perform(
        AddressSpace space,
        ISecondaryDevice[] devices,
        List<(AddressSpace Child, byte[] Bytes)> children,
        int kind,
        int first,
        int count,
        int value)
    {
        VirtualAddress at = At(first);
        ulong length = (ulong)Math.Min(count, Window - first) << Page.Shift;
        AccessRights rights = value % 3 == 0 ? AccessRights.Read : AccessRights.ReadWrite;
        switch (kind)
        {
            case 0 or 1:
                space.Map(new MapRequest(length, rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = at });
                break;
            case 2:
                space.Map(new MapRequest(length, rights, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed) { Address = at });
                break;
            case 3:
                space.Unmap(at, length);
                break;
            case 4:
                space.Protect(at, length, rights);
                break;
            case 5:
                space.Advise(at, length, Advice.DontNeed);
                break;
            case 6:
                space.Move(at, length, length, MoveFlags.MayMove | MoveFlags.Fixed, At((first + value) % Window));
                break;
            case 7 when children.Count < 3:
                AddressSpace child = space.Fork()!;
                Unshare(child);
                children.Add((child, Snapshot(child)));
                break;
            case 8 or 9:
                space.Write(at + (ulong)value, [(byte)value]);
                break;
            case 10 or 11:
                CompareRead(space, devices[value % 2], at + (ulong)value);
                break;
            default:
                CompareWrite(space, devices[value % 2], at + (ulong)value, (byte)value);
                break;
        }
    }

    private static void CompareRead(AddressSpace space, ISecondaryDevice device, VirtualAddress address)
    {
        byte[] expected = new byte[3];
        byte[] actual = new byte[3];
        FaultResult result = device.Read(address, actual);
        Assert.Equal(space.Read(address, expected).Result, result);
        Assert.Equal(expected, actual);
    }

    private static void CompareWrite(AddressSpace space, ISecondaryDevice device, VirtualAddress address, byte value)
    {
        byte[] seen = new byte[1];
        FaultResult result = device.Write(address, [value]);
        if (result == FaultResult.Success)
        {
            Assert.Equal(FaultResult.Success, space.Read(address, seen).Result);
            Assert.Equal(value, seen[0]);
        }

        Assert.Equal(space.Write(address, [value]).Result, result);
    }

    /// <summary>What a device of the parent must never change: shared areas go, since there it may.</summary>
    private static void Unshare(AddressSpace child)
    {
        foreach (AreaInfo area in child.Layout())
        {
            if (area.IsShared)
            {
                child.Unmap(area.Range.Start, area.Range.LengthBytes);
            }
        }
    }

    private static byte[] Snapshot(AddressSpace space)
    {
        byte[] bytes = new byte[Window * Page.SizeBytes];
        for (int page = 0; page < Window; page++)
        {
            space.Read(At(page), bytes.AsSpan(page * Page.SizeBytes, Page.SizeBytes));
        }

        return bytes;
    }
}
