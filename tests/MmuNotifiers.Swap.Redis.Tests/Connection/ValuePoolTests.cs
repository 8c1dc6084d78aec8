using System.Buffers;
using MmuNotifiers.Swap.Redis.Connection;
using MmuNotifiers.Swap.Redis.Keys;

namespace MmuNotifiers.Swap.Redis.Tests.Connection;

public sealed class ValuePoolTests
{
    [Fact]
    public void A_buffer_that_was_given_back_is_used_again_and_only_once()
    {
        using ValuePool pool = new();
        IMemoryOwner<byte> first = pool.Rent(PageFormat.ValueBytes);
        first.Dispose();
        first.Dispose();
        IMemoryOwner<byte> second = pool.Rent(PageFormat.ValueBytes);
        IMemoryOwner<byte> third = pool.Rent(PageFormat.ValueBytes);
        Assert.Same(first, second);
        Assert.NotSame(second, third);
    }

    [Fact]
    public void Thousands_of_values_at_a_time_are_rented_again_without_memory_for_them()
    {
        using ValuePool pool = new();
        IMemoryOwner<byte>[] rented = new IMemoryOwner<byte>[4000];
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int index = 0; index < rented.Length; index++)
            {
                rented[index] = pool.Rent(PageFormat.ValueBytes);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Array.ForEach(rented, buffer => buffer.Dispose());
            Assert.True(round == 0 || allocated < 100_000, $"{allocated} bytes were allocated for buffers that were there");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    [InlineData(100_000)]
    public void Other_sizes_are_large_enough(int size)
    {
        using ValuePool pool = new();
        using IMemoryOwner<byte> buffer = pool.Rent(size);
        Assert.True(buffer.Memory.Length >= size);
    }
}
