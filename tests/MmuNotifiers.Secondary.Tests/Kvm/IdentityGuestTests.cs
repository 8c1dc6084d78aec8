using MmuNotifiers.Secondary.Kvm;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Kvm;

public sealed class IdentityGuestTests
{
    private readonly FakePrimary _primary = new();

    [Fact]
    public void Any_host_address_can_be_accessed_as_a_guest_would()
    {
        VirtualAddress low = new(0x0040_0000);
        _primary.Map(Pages(0, 2));
        _primary.Map(AddressRange.FromPages(low, 1));
        using IdentityGuest guest = new(_primary);
        ISecondaryDevice device = guest.AddDevice();
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8];
        byte[] back = new byte[8];

        Assert.Equal(FaultResult.Success, device.Write(At(0, 4092), data));
        Assert.Equal(FaultResult.Success, device.Read(At(0, 4092), back));
        Assert.Equal(data, back);
        Assert.Equal(FaultResult.Success, device.Write(low, data));
        Assert.Equal(0x0807_0605_0403_0201, _primary.Load<long>(low));
        Assert.Equal(FaultResult.NotMapped, device.Read(At(9), back));
        Assert.Equal(FaultResult.NotMapped, device.Read(new VirtualAddress(0xffff_ffff_ff60_0000), back));

        _primary.Unmap(Pages(0, 2));
        Assert.Equal(FaultResult.NotMapped, device.Read(At(0, 4092), back));
        Assert.Equal(2, guest.Statistics.PagesInvalidated);
    }

    [Fact]
    public void An_access_may_cross_from_one_slot_into_the_next()
    {
        VirtualAddress boundary = new(0x1_0000_0000);
        _primary.Map(new AddressRange(boundary - Page.SizeBytes, boundary + Page.SizeBytes));
        using IdentityGuest guest = new(_primary);
        ISecondaryDevice device = guest.AddDevice();
        byte[] back = new byte[16];
        Assert.Equal(FaultResult.Success, device.Write(boundary - 8, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));
        Assert.Equal(FaultResult.Success, device.Read(boundary - 8, back));
        Assert.Equal(16, back[15]);
        Assert.Equal(9, _primary.Load<byte>(boundary));
    }
}
