using System.Net;
using System.Net.Sockets;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>Ports that nobody listens on, none given twice.</summary>
internal static class FreePorts
{
    private static readonly HashSet<int> Given = [];

    public static int[] Take(int count)
    {
        lock (Given)
        {
            List<int> ports = [];
            while (ports.Count < count)
            {
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                if (Given.Add(port))
                {
                    ports.Add(port);
                }
            }

            return [.. ports];
        }
    }
}
