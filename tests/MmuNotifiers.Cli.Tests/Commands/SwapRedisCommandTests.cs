using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Commands;

/// <summary><c>mmun swap redis</c> where there is no server; what it does with one is tested in MmuNotifiers.Swap.Redis.Tests.</summary>
public sealed class SwapRedisCommandTests
{
    [Theory]
    [InlineData("list")]
    [InlineData("collect")]
    public void A_server_that_is_not_there_is_one_line_and_65(string verb)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");

        MmunRun.Of("swap", "redis", verb, $"redis:{address}?attempt=300ms").RefusedWith(ExitCode.BadInput, address);
        MmunRun.Of("swap", "redis", verb, $"{address}?attempt=300ms").RefusedWith(ExitCode.BadInput, address);
    }

    [Theory]
    [InlineData("list", "redis:", "no server is named")]
    [InlineData("list", "localhost:1?colour=red", "'colour' is no option")]
    [InlineData("collect", "localhost:1?prefix=a%20b", "the prefix must be")]
    public void An_address_that_makes_no_sense_is_refused_with_64(string verb, string address, string part) =>
        MmunRun.Of("swap", "redis", verb, address).RefusedWith(ExitCode.WrongUse, part);

    [Theory]
    [InlineData("soon")]
    [InlineData("5")]
    [InlineData("-1h")]
    [InlineData("0s")]
    public void A_time_that_makes_no_sense_is_refused_with_64(string time) =>
        MmunRun.Of("swap", "redis", "collect", "localhost:1", "--older-than", time).RefusedWith(ExitCode.WrongUse, "expected a time such as");

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
