using CsCheck;
using MmuNotifiers.Swap.Redis.Keys;

namespace MmuNotifiers.Swap.Redis.Tests.Keys;

public sealed class SlotTableTests
{
    [Fact]
    public void It_holds_what_a_dictionary_holds() =>
        Gen.Select(Gen.Long[0, 99_999], Gen.UInt, Gen.UInt).List[0, 200].Sample(writes =>
        {
            SlotTable table = new(100_000);
            SortedDictionary<long, SlotState> model = [];
            foreach ((long slot, uint incarnation, uint generation) in writes)
            {
                table[slot] = model[slot] = new SlotState(incarnation, generation);
            }

            Assert.All(model, pair => Assert.Equal(pair.Value, table[pair.Key]));
            Assert.Equal(model.Where(pair => pair.Value.HoldsPage).Select(pair => pair.Key), table.Written());
        });

    [Fact]
    public void A_slot_that_nobody_wrote_is_empty() => Assert.Equal(default, new SlotTable(1L << 34)[(1L << 34) - 1]);

    [Fact]
    public void Generations_never_come_to_0_which_means_empty()
    {
        Assert.Equal(1u, new SlotState(5, 0).NextGeneration);
        Assert.Equal(1u, new SlotState(5, uint.MaxValue).NextGeneration);
        Assert.Equal(new SlotState(0, 0), new SlotState(uint.MaxValue, 7).Abandoned());
    }
}
