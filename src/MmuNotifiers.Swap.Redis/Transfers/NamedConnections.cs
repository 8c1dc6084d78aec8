using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>The names that connections were given, so that a change of connection is noticed. A name is used for one connection only.</summary>
internal sealed class NamedConnections
{
    private readonly ConcurrentDictionary<EndPoint, Task<string>> _names = new();

    /// <summary>The name of the connection to a server; gives it one where it has none.</summary>
    /// <returns>The name; null and why there is none.</returns>
    public async ValueTask<(string? Name, Fault Fault)> NameAsync(IServer server, CancellationToken deadline)
    {
        Task<string> naming = _names.GetOrAdd(server.EndPoint, static (_, server) => GiveNameAsync(server), server);
        await Patience.WaitAsync(naming, deadline).ConfigureAwait(false);
        if (naming.IsCompletedSuccessfully)
        {
            return (naming.Result, default);
        }

        if (!naming.IsCompleted)
        {
            return (null, Fault.NoAnswer);
        }

        _names.TryRemove(KeyValuePair.Create(server.EndPoint, naming));
        return (null, Patience.FaultOf(naming));
    }

    /// <summary>Has the next use name the connection anew, unless that was done since.</summary>
    public void Forget(EndPoint server, string name)
    {
        if (_names.TryGetValue(server, out Task<string>? naming) && naming.IsCompletedSuccessfully && naming.Result == name)
        {
            _names.TryRemove(KeyValuePair.Create(server, naming));
        }
    }

    private static async Task<string> GiveNameAsync(IServer server)
    {
        string name = $"mmun-{Guid.NewGuid():N}";
        await server.ExecuteAsync("CLIENT", ["SETNAME", name], CommandFlags.NoRedirect).ConfigureAwait(false);
        return name;
    }
}
