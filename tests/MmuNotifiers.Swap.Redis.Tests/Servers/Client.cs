using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>One plain connection to one server: what it is told reaches that server and no other. Answers as text.</summary>
internal sealed class Client : IDisposable
{
    private readonly TcpClient _socket = new();
    private Stream _stream = Stream.Null;

    private Client()
    {
    }

    public static async Task<Client> ConnectAsync(RedisProcess server)
    {
        Client client = new();
        await client._socket.ConnectAsync(IPAddress.Loopback, server.Port, CancellationToken.None);
        client._stream = new BufferedStream(client._socket.GetStream());
        return client;
    }

    public Task<string> SendAsync(params string[] command) => SendAsync([.. command.Select(Encoding.Latin1.GetBytes)]);

    /// <summary>Sends a command and waits for its answer, bytes as Latin-1; an error is an exception, an array its elements on lines.</summary>
    public async Task<string> SendAsync(byte[][] command)
    {
        using MemoryStream request = new();
        request.Write(Encoding.ASCII.GetBytes($"*{command.Length}\r\n"));
        foreach (byte[] argument in command)
        {
            request.Write(Encoding.ASCII.GetBytes($"${argument.Length}\r\n"));
            request.Write(argument);
            request.Write("\r\n"u8);
        }

        await _stream.WriteAsync(request.ToArray(), CancellationToken.None);
        await _stream.FlushAsync(CancellationToken.None);
        return ReadAnswer();
    }

    public void Dispose() => _socket.Dispose();

    private string ReadAnswer()
    {
        string line = ReadLine();
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException(line[1..]);
            case '$':
                int length = int.Parse(line[1..], CultureInfo.InvariantCulture);
                if (length < 0)
                {
                    return string.Empty;
                }

                byte[] bytes = new byte[length + 2];
                _stream.ReadExactly(bytes);
                return Encoding.Latin1.GetString(bytes, 0, length);
            case '*':
                int count = int.Parse(line[1..], CultureInfo.InvariantCulture);
                return string.Join('\n', Enumerable.Range(0, count).Select(_ => ReadAnswer()).ToArray());
            default:
                return line[1..];
        }
    }

    private string ReadLine()
    {
        StringBuilder line = new();
        for (int next = _stream.ReadByte(); next != '\r'; next = _stream.ReadByte())
        {
            line.Append(next >= 0 ? (char)next : throw new EndOfStreamException("the server closed the connection"));
        }

        _stream.ReadByte();
        return line.ToString();
    }
}
