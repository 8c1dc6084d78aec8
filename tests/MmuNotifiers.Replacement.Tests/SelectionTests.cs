using CsCheck;

namespace MmuNotifiers.Replacement.Tests;

/// <summary>The front of a selection is the front of a sort.</summary>
public sealed class SelectionTests
{
    [Fact]
    public void The_greatest_values_come_to_the_front_and_the_least_of_them_last() =>
        Gen.Select(Gen.ULong[0, 50].Array[0, 200], Gen.Int[0, 200]).Sample(
            (values, wanted) =>
            {
                int count = Math.Min(wanted, values.Length);
                ulong[] selected = [.. values];
                Selection.MoveGreatestToFront(selected, count);
                ulong[] expected = [.. values.OrderDescending().Take(count)];
                Assert.Equal(expected, selected[..count].OrderDescending());
                Assert.Equal(values.Order(), selected.Order());
                Assert.True(count == 0 || selected[count - 1] == expected[^1]);
            },
            iter: 5000);
}
