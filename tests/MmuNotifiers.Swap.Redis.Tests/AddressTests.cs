namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class AddressTests
{
    [Fact]
    public void A_plain_address_has_the_defaults()
    {
        Assert.True(RedisSwapOptions.TryParse("redis:localhost:7000,localhost:7001", out RedisSwapOptions? options, out _));
        Assert.Equal(new RedisSwapOptions { Configuration = "localhost:7000,localhost:7001" }, options);
    }

    [Fact]
    public void Every_option_is_understood()
    {
        Assert.True(RedisSwapOptions.TryParse(
            "redis:h:1,user=u,ssl=true?ack=replica&replicas=2&timeout=5s&attempt=250ms&lease=1.5m&inflight=8MiB&size=1G&prefix=a.b-c",
            out RedisSwapOptions? options,
            out _));
        RedisSwapOptions expected = new()
        {
            Configuration = "h:1,user=u,ssl=true",
            Acknowledgement = RedisAcknowledgement.Replica,
            Replicas = 2,
            Timeout = TimeSpan.FromSeconds(5),
            AttemptTimeout = TimeSpan.FromMilliseconds(250),
            Lease = TimeSpan.FromSeconds(90),
            MaxBytesInFlight = 8 << 20,
            SlotCount = (1L << 30) / 4096,
            KeyPrefix = "a.b-c",
        };
        Assert.Equal(expected, options);
    }

    [Theory]
    [InlineData("file:/tmp/swap", "'file:/tmp/swap' does not begin with 'redis:'")]
    [InlineData("redis:", "no server is named")]
    [InlineData("redis:?ack=replica", "no server is named")]
    [InlineData("redis:h:1,nonsense=3", "the servers cannot be understood")]
    [InlineData("redis:h:1?ack=all", "ack=all: expected primary or replica")]
    [InlineData("redis:h:1?ack", "ack=: expected primary or replica")]
    [InlineData("redis:h:1?replicas=-1", "replicas=-1: expected a number")]
    [InlineData("redis:h:1?replicas=0", "replicas must be 1 or more, not 0")]
    [InlineData("redis:h:1?timeout=5", "timeout=5: expected a time such as 500ms, 5s, 2m or 1h")]
    [InlineData("redis:h:1?timeout=0s", "the timeout must be from 1 ms to 1 day")]
    [InlineData("redis:h:1?attempt=1ms", "the timeout of an attempt must be from 50 ms")]
    [InlineData("redis:h:1?lease=-3s", "lease=-3s: expected a time")]
    [InlineData("redis:h:1?lease=10ms", "the lease must be from 1 s to 30 days")]
    [InlineData("redis:h:1?inflight=1K", "the bytes in flight must be at least 1048576, not 1024")]
    [InlineData("redis:h:1?inflight=99999999999T", "inflight=99999999999T: expected bytes such as 64MiB, 16GiB or 1TiB")]
    [InlineData("redis:h:1?size=64iB", "size=64iB: expected bytes")]
    [InlineData("redis:h:1?size=1024T", "the number of slots must be from 1 to 17179869184")]
    [InlineData("redis:h:1?size=1", "the number of slots must be from 1")]
    [InlineData("redis:h:1?prefix=a:b", "the prefix must be 1 to 64 letters, digits, '.', '_' or '-', not 'a:b'")]
    [InlineData("redis:h:1?prefix=", "the prefix must be 1 to 64 letters")]
    [InlineData("redis:h:1?passwordfile=/does/not/exist", "passwordfile=/does/not/exist:")]
    [InlineData("redis:h:1?colour=red", "'colour' is no option: expected ack, replicas")]
    public void What_cannot_be_meant_is_refused_in_one_line(string address, string message)
    {
        Assert.False(RedisSwapOptions.TryParse(address, out RedisSwapOptions? options, out string? error));
        Assert.Null(options);
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task A_store_refuses_the_same_before_it_connects()
    {
        ArgumentException wrong = await Assert.ThrowsAsync<ArgumentException>(() =>
            RedisSwapStore.ConnectAsync(new RedisSwapOptions { Configuration = "h:1", SlotCount = 0 }, TestContext.Current.CancellationToken));
        Assert.StartsWith("the number of slots must be from 1", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_may_lie_in_a_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "open,sesame\n", TestContext.Current.CancellationToken);
            Assert.True(RedisSwapOptions.TryParse($"redis:h:1,ssl=true?passwordfile={file}", out RedisSwapOptions? options, out _));
            Assert.Equal("open,sesame", options.Password);
            Assert.Equal("redis:h:1 (Primary)", options.ToString());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
