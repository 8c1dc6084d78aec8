using MmuNotifiers.Swap.Redis.Keys;

namespace MmuNotifiers.Swap.Redis.Tests.Keys;

public sealed class PageKeysTests
{
    private static readonly OwnerId Owner = new(0x9f86d081884c7d65, 300_000);

    private readonly PageKeys _keys = new("mmun", Owner);

    [Fact]
    public void Keys_have_the_form_that_is_documented()
    {
        Assert.Equal("mmun:{9f86d081884c7d65.300000:1}:77:3", _keys.PageName(77, 3));
        Assert.Equal("mmun:lease:{9f86d081884c7d65.300000}", _keys.Lease);
    }

    [Fact]
    public void The_longest_key_fits() =>
        Assert.EndsWith(
            ":17179869183:4294967295",
            new PageKeys(new string('p', 64), new OwnerId(ulong.MaxValue, long.MaxValue)).PageName((1L << 34) - 1, uint.MaxValue),
            StringComparison.Ordinal);

    [Fact]
    public void The_slots_of_a_group_share_a_hash_tag_and_the_next_group_has_another()
    {
        static string Tag(string key) => key[(key.IndexOf('{', StringComparison.Ordinal) + 1)..key.IndexOf('}', StringComparison.Ordinal)];
        Assert.Equal(Tag(_keys.PageName(64, 0)), Tag(_keys.PageName(127, 9)));
        Assert.NotEqual(Tag(_keys.PageName(127, 0)), Tag(_keys.PageName(128, 0)));
    }

    [Fact]
    public void The_owner_can_be_read_from_a_page()
    {
        Assert.True(PageKeys.TryReadOwner("mmun", _keys.PageName(77, 3), out OwnerId owner));
        Assert.Equal(Owner, owner);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mmun:{")]
    [InlineData("mmun:{9f86d081884c7d65.300000}")]
    [InlineData("mmun:{9f86d081884c7d65:1}:77:3")]
    [InlineData("mmun:{9f86d081884c7d6.300000:1}:77:3")]
    [InlineData("mmun:{9f86d081884c7d65.-5:1}:77:3")]
    [InlineData("mmun:{9f86d081884c7d65.0:1}:77:3")]
    [InlineData("mmun:{user:1}:name")]
    public void The_keys_of_others_name_no_owner(string key) => Assert.False(PageKeys.TryReadOwner("mmun", key, out _));
}
