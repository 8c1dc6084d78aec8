using System.Net;

namespace MmuNotifiers.Swap.Redis.Connection;

/// <summary>Servers as people write them.</summary>
internal static class ServerName
{
    /// <summary>A server as host:port, or as the path of its socket.</summary>
    public static string Of(EndPoint server) => server is DnsEndPoint named ? $"{named.Host}:{named.Port}" : server.ToString() ?? "(no name)";
}
