using System.Net;
using System.Net.Sockets;
using MmuNotifiers.Swap.Redis.Tests.Servers;

namespace MmuNotifiers.Swap.Redis.Tests;

public sealed class OpeningTests(SharedServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_where_nobody_listens_is_one_line()
    {
        string address = $"127.0.0.1:{FreePorts.Take(1)[0]}";
        Assert.StartsWith($"redis {address}: cannot connect: ", await RefusalAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_kind_is_one_line()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _ = AnswerAsync(listener, "HTTP/1.1 400 Bad Request\r\n\r\n");
        string address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        Assert.StartsWith($"redis {address}: cannot connect: ", await RefusalAsync(address), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "credentials")]
    [InlineData(",password=wrong", "credentials")]
    [InlineData(",user=nobody,password=sesame", "credentials")]
    public async Task Wrong_credentials_are_one_line_that_does_not_say_them(string credentials, string message)
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync("--requirepass", "sesame");
        string refusal = await RefusalAsync($"{server.Address}{credentials}");
        Assert.StartsWith($"redis {server.Address}", refusal, StringComparison.Ordinal);
        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Right_credentials_are_taken()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync("--requirepass", "open,sesame");
        await using RedisSwapStore store = await RedisSwapStore.ConnectAsync(
            new RedisSwapOptions { Configuration = server.Address, Password = "open,sesame" }, Stop);
        await Pages.StoreAsync(store, [1]);
        await Pages.AssertHoldsAsync(store, [1]);
    }

    [Fact]
    public async Task Servers_that_are_no_cluster_are_not_taken_for_one()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess one = await RedisProcess.StartAsync();
        await using RedisProcess other = await RedisProcess.StartAsync();
        string refusal = await RefusalAsync($"{one.Address},{other.Address}");
        Assert.Contains("is a primary of its own and not a node of a cluster with the others", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_does_not_serve_all_slots_is_one_line()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync("--cluster-enabled", "yes");
        Assert.Contains("CLUSTERDOWN", await RefusalAsync(server.Address), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerKind.Single, "has 0 replicas, but 1 must acknowledge each write (ack=replica)")]
    [InlineData(ServerKind.Garnet, "")]
    public async Task Who_has_no_replicas_cannot_promise_them(ServerKind kind, string message)
    {
        string address = await servers.ConfigurationAsync(kind);
        string refusal = await RefusalAsync(address, RedisAcknowledgement.Replica);
        Assert.StartsWith($"redis {address}: ", refusal, StringComparison.Ordinal);
        Assert.Contains(message, refusal, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(string configuration, RedisAcknowledgement acknowledgement = RedisAcknowledgement.Primary)
    {
        RedisSwapOptions options = new()
        {
            Configuration = configuration,
            AttemptTimeout = TimeSpan.FromMilliseconds(500),
            Acknowledgement = acknowledgement,
        };
        IOException refused = await Assert.ThrowsAsync<IOException>(() => RedisSwapStore.ConnectAsync(options, Stop));
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using Socket socket = await listener.AcceptSocketAsync(Stop);
                await socket.ReceiveAsync(new byte[1024], Stop);
                await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer), Stop);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}
