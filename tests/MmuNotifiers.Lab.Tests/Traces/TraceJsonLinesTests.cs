using System.Text;
using System.Text.Json;
using CsCheck;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

public sealed class TraceJsonLinesTests
{
    [Fact]
    public void Each_event_is_a_line_with_kind_time_and_thread()
    {
        Gen.Select(TraceGen.Header, TraceGen.Events).Sample(
            (header, events) =>
            {
                string[] lines = Export(TraceGen.Write(header, events));
                Assert.Equal(events.Length + 2, lines.Length);
                Assert.Equal("header", Parse(lines[0]).GetProperty("kind").GetString());
                Assert.Equal(events.Length, Parse(lines[^1]).GetProperty("events").GetInt64());
                foreach ((TraceEvent item, string line) in events.Zip(lines.Skip(1)))
                {
                    JsonElement json = Parse(line);
                    Assert.False(string.IsNullOrEmpty(json.GetProperty("kind").GetString()));
                    Assert.Equal(item.Nanoseconds, json.GetProperty("ns").GetInt64());
                    Assert.Equal(item.ProcessId, json.GetProperty("pid").GetInt32());
                    Assert.Equal(item.ThreadId, json.GetProperty("tid").GetInt32());
                }
            },
            iter: 50);
    }

    [Fact]
    public void Addresses_are_hexadecimal_text_and_refusals_are_errnos()
    {
        var stamp = new TraceStamp(5, 7, 8);
        string[] lines = Export(TraceGen.Write(
            new TraceHeader { Origin = TraceOrigin.Synthetic },
            [
                new MapCall(stamp, 0x7f00_0000_0000, default, 8192, LinuxProtection.Read | LinuxProtection.Write, LinuxMapFlags.Private | LinuxMapFlags.Anonymous, 0, 0),
                new UnmapCall(stamp, -22, new VirtualAddress(1), 4096),
            ]));
        Assert.Equal(
            """{"kind":"mmap","ns":5,"pid":7,"tid":8,"result":"0x7f0000000000","address":"0x0","length":8192,"protection":"0x3","flags":"0x22","file":0,"offset":0}""",
            lines[1]);
        Assert.Equal("""{"kind":"munmap","ns":5,"pid":7,"tid":8,"errno":22,"address":"0x1","length":4096}""", lines[2]);
    }

    [Fact]
    public void Accesses_are_page_numbers_with_a_letter_for_each_kind()
    {
        string[] lines = Export(TraceGen.Write(
            new TraceHeader { Origin = TraceOrigin.Synthetic },
            [
                new AccessesEvent(
                    new TraceStamp(5, 7, 8),
                    [
                        new PageAccess(new VirtualAddress(0x401000), PageAccessKinds.Execute),
                        new PageAccess(new VirtualAddress(0x1fff_0000_1fff), PageAccessKinds.Read | PageAccessKinds.Write),
                    ]),
            ]));
        Assert.Equal("""{"kind":"accesses","ns":5,"pid":7,"tid":8,"accesses":["401x","1fff00001rw"]}""", lines[1]);
        Assert.Equal(2, Parse(lines[^1]).GetProperty("accesses").GetInt64());
    }

    private static string[] Export(byte[] trace)
    {
        using var reader = new TraceReader(new MemoryStream(trace), "trace");
        using var output = new MemoryStream();
        TraceJsonLines.Export(reader, output);
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;
}
