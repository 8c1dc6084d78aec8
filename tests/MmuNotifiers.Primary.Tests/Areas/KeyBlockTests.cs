using CsCheck;

namespace MmuNotifiers.Primary.Tests.Areas;

public sealed class KeyBlockTests
{
    private static readonly Gen<(long[] Keys, long Key)> Blocks =
        Gen.Select(Gen.Long[0, 60].Array[0, KeyBlock.Length], Gen.Long[-1, 61]);

    [Fact]
    public void The_rank_counts_the_keys_that_are_not_above() =>
        Blocks.Sample(
            (keys, key) =>
            {
                KeyBlock block = BlockOf(keys);
                int expected = keys.Count(other => other <= key);
                return KeyBlock.Rank(in block, key) == expected && KeyBlock.RankScalar(in block, key) == expected;
            },
            iter: 20_000);

    [Fact]
    public void The_largest_number_is_found_with_and_without_vectors() =>
        Gen.Long.Array[KeyBlock.Length].Sample(
            numbers =>
            {
                KeyBlock block = BlockOf(numbers, isSorted: false);
                return KeyBlock.Max(in block) == numbers.Max() && KeyBlock.MaxScalar(in block) == numbers.Max();
            },
            iter: 5_000);

    private static KeyBlock BlockOf(long[] keys, bool isSorted = true)
    {
        KeyBlock block = KeyBlock.Empty;
        long[] entered = isSorted ? [.. keys.Order()] : keys;
        entered.CopyTo((Span<long>)block);
        return block;
    }
}
