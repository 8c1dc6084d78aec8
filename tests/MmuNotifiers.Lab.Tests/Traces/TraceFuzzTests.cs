using System.Globalization;
using System.Text;
using CsCheck;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>
/// Mutated real inputs: each is read, or refused by <see cref="TraceFormatException"/>, and never anything else. MMUN_FUZZ_INPUTS sets how many
/// inputs each test takes (docs/trace-format.md names the long run).
/// </summary>
public sealed class TraceFuzzTests
{
    private static readonly long Inputs =
        long.TryParse(Environment.GetEnvironmentVariable("MMUN_FUZZ_INPUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out long inputs) ? inputs : 300;

    /// <summary>Overwrites, inserts and removes a few bytes at random places.</summary>
    private static readonly Gen<(int Kind, double Place, byte Value)[]> Mutations =
        Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.OneOf(Gen.Byte, Gen.OneOf(Gen.Const<byte>(0), Gen.Const<byte>(0xff), Gen.Const<byte>(0x80)))).Array[1, 8];

    [Fact]
    public void A_mutated_file_is_refused_or_read()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(RepositoryFiles.Traces, "gcc-compile.mmtrace"));
        Mutations.Sample(mutations => ReadOrRefuse(Mutate(whole, mutations)), iter: Inputs);
    }

    [Fact]
    public void Mutated_events_behind_a_right_hash_are_refused_or_read()
    {
        (byte[] whole, int events) = TraceForger.FirstBlock(Path.Combine(RepositoryFiles.Traces, "gcc-compile.mmtrace"));
        byte[] start = whole[..Math.Min(whole.Length, 8192)];
        byte[] header = TraceForger.Header();
        byte[] footer = TraceForger.Footer();
        Mutations.Sample(
            mutations =>
            {
                byte[] raw = Mutate(start, mutations);
                ReadOrRefuse([.. header, .. TraceForger.Block(raw, Math.Min(events, raw.Length / 3)), .. footer]);
            },
            iter: Inputs);
    }

    [Theory]
    [InlineData("perf-script.txt")]
    [InlineData("strace-f.txt")]
    [InlineData("lackey.txt")]
    public void A_mutated_text_is_refused_or_imported(string name)
    {
        byte[] whole = File.ReadAllBytes(RepositoryFiles.ExcerptPath(name));
        Mutations.Sample(
            mutations =>
            {
                string text = Encoding.Latin1.GetString(Mutate(whole, mutations));
                try
                {
                    ImportedText.Import(text);
                }
                catch (TraceFormatException refusal)
                {
                    Assert.NotNull(refusal.Line);
                    Assert.DoesNotContain('\n', refusal.Message);
                }
            },
            iter: Inputs);
    }

    private static void ReadOrRefuse(byte[] trace)
    {
        try
        {
            TraceGen.Read(trace);
        }
        catch (TraceFormatException refusal)
        {
            Assert.NotNull(refusal.Offset);
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }

    private static byte[] Mutate(byte[] whole, (int Kind, double Place, byte Value)[] mutations)
    {
        var bytes = new List<byte>(whole);
        foreach ((int kind, double place, byte value) in mutations)
        {
            int at = (int)(place * (bytes.Count - 1));
            switch (kind)
            {
                case 0:
                    bytes[at] = value;
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << (value & 7));
                    break;
                case 2:
                    bytes.Insert(at, value);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(value, bytes.Count - at - 1));
                    break;
            }
        }

        return [.. bytes];
    }
}
