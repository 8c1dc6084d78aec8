using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>A loopback port that stands before another, whose connections can be held up, torn in the middle of what they carry, and refused.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly ConcurrentDictionary<Socket, Socket> _pairs = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _held;
    private volatile bool _refuses;

    public TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Resets all connections, wherever they are in a command or an answer.</summary>
    public void Tear()
    {
        foreach ((Socket client, Socket server) in _pairs)
        {
            client.Close(timeout: 0);
            server.Close(timeout: 0);
        }
    }

    /// <summary>Resets all connections and every new one, until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _refuses = true;
        Tear();
    }

    /// <summary>Lets nothing through, the connections open, until <see cref="Mend"/>.</summary>
    public void Hold() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everything through.</summary>
    public void Mend()
    {
        _refuses = false;
        TaskCompletionSource? held = _held;
        _held = null;
        held?.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        Mend();
        await _accepting;
        Tear();
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptSocketAsync(_stopped.Token);
                _ = ConnectAsync(client);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Stopped, or the client is gone already.
            }
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.NoDelay = server.NoDelay = true;
        try
        {
            _pairs[client] = server;
            if (_refuses)
            {
                return;
            }

            await server.ConnectAsync(IPAddress.Loopback, _target, _stopped.Token);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Torn.
        }
        finally
        {
            _pairs.TryRemove(client, out _);
            client.Close(timeout: 0);
            server.Close(timeout: 0);
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[32 * 1024];
        try
        {
            for (int count = await from.ReceiveAsync(buffer); count > 0; count = await from.ReceiveAsync(buffer))
            {
                if (_held is { } held)
                {
                    await held.Task;
                }

                for (int sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Torn.
        }
    }
}
