using CsCheck;
using MmuNotifiers.Swap.Redis.Keys;

namespace MmuNotifiers.Swap.Redis.Tests.Keys;

public sealed class PageFormatTests
{
    private static readonly PageIdentity Identity = new(Owner: 0x9f86d081884c7d65, Slot: 77, Incarnation: 3, Generation: 12);

    [Fact]
    public void A_value_gives_its_page_back()
    {
        byte[] page = new byte[Pages.Bytes];
        Assert.Null(PageFormat.Read(ValueOf(Identity), Identity, page));
        Assert.Equal(Pages.Of(77), page);
    }

    [Fact]
    public void A_value_with_any_bit_flipped_does_not_verify() =>
        Gen.Int[0, (PageFormat.ValueBytes * 8) - 1].Sample(bit =>
        {
            byte[] value = ValueOf(Identity);
            value[bit / 8] ^= (byte)(1 << (bit % 8));
            return PageFormat.Read(value, Identity, new byte[Pages.Bytes]) is not null;
        });

    [Fact]
    public void A_value_of_another_length_does_not_verify()
    {
        byte[] value = ValueOf(Identity);
        Assert.Equal("the value has 4111 bytes instead of 4112", PageFormat.Read(value.AsSpan(1), Identity, new byte[Pages.Bytes]));
        Assert.Equal("the value has 4113 bytes instead of 4112", PageFormat.Read([.. value, 0], Identity, new byte[Pages.Bytes]));
        Assert.Equal("the value has 0 bytes instead of 4112", PageFormat.Read([], Identity, new byte[Pages.Bytes]));
    }

    [Theory]
    [InlineData(1, 0, 0, 0, "the checksum does not fit")]
    [InlineData(0, 1, 0, 0, "the checksum does not fit")]
    [InlineData(0, 0, 1, 0, "the checksum does not fit")]
    [InlineData(0, 0, 0, 1, "the value is of write 13 instead of 12")]
    public void A_value_of_another_owner_slot_key_or_write_does_not_verify(int owner, int slot, int incarnation, int generation, string wrong)
    {
        PageIdentity other = new(
            Identity.Owner + (ulong)owner, Identity.Slot + slot, Identity.Incarnation + (uint)incarnation, Identity.Generation + (uint)generation);
        Assert.Equal(wrong, PageFormat.Read(ValueOf(other), Identity, new byte[Pages.Bytes]));
    }

    [Fact]
    public void The_layout_is_the_one_that_is_documented()
    {
        byte[] value = ValueOf(Identity);
        Assert.Equal(Pages.Of(77), value[16..]);
        Assert.Equal(12u, BitConverter.ToUInt32(value, 8));
        Assert.Equal("MMP1"u8.ToArray(), value[12..16]);
    }

    private static byte[] ValueOf(PageIdentity identity)
    {
        byte[] value = new byte[PageFormat.ValueBytes];
        PageFormat.Write(Pages.Of(77), identity, value);
        return value;
    }
}
