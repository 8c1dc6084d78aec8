using Garnet;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>A Garnet server in this process, on a loopback port.</summary>
internal sealed class GarnetHost : IDisposable
{
    private readonly GarnetServer _server;

    public GarnetHost()
    {
        int port = FreePorts.Take(1)[0];
        Address = $"127.0.0.1:{port}";
        _server = new GarnetServer(["--bind", "127.0.0.1", "--port", $"{port}", "--memory", "256m", "--index", "16m", "-q", "--logger-level", "Critical"]);
        _server.Start();
    }

    public string Address { get; }

    public void Dispose() => _server.Dispose();
}
