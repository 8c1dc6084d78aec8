using System.Buffers.Binary;
using CsCheck;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>No harmed file is read as if it were whole.</summary>
public sealed class TraceCorruptionTests
{
    private static readonly byte[] Small = TraceGen.Write(
        new TraceHeader { Origin = TraceOrigin.Synthetic, Command = ["true"] },
        [
            new ExecEvent(new TraceStamp(0, 7, 7), "true", []),
            new PageFaultEvent(new TraceStamp(10, 7, 7), new VirtualAddress(0x7fff_1234_5678), PageFaultError.User),
            new UnmapCall(new TraceStamp(20, 7, 8), -22, new VirtualAddress(0x1000), 4096),
            new ExitEvent(new TraceStamp(30, 7, 7)),
        ]);

    [Fact]
    public void Each_flipped_bit_is_noticed()
    {
        for (int bit = 0; bit < Small.Length * 8; bit++)
        {
            byte[] harmed = [.. Small];
            harmed[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(harmed);
        }
    }

    [Fact]
    public void Each_cut_is_noticed()
    {
        for (int length = 0; length < Small.Length; length++)
        {
            TraceFormatException refusal = AssertRefused(Small[..length]);
            Assert.Contains("cut off", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(length, refusal.Offset);
        }
    }

    [Fact]
    public void A_cut_of_a_large_trace_is_noticed_wherever_it_falls()
    {
        byte[] large = File.ReadAllBytes(Path.Combine(RepositoryFiles.Traces, "gcc-compile.mmtrace"));
        Gen.Int[0, large.Length - 1].Sample(length => AssertRefused(large[..length]), iter: 50);
    }

    [Fact]
    public void Bytes_behind_the_footer_are_noticed()
    {
        TraceFormatException refusal = AssertRefused([.. Small, 0]);
        Assert.Equal(Small.Length, refusal.Offset);
    }

    [Fact]
    public void A_file_that_is_no_trace_is_named_as_such()
    {
        TraceFormatException refusal = AssertRefused([.. "#!/bin/sh\necho hello world\n"u8]);
        Assert.Equal("trace: offset 0x0: expected a trace, which begins with \"MMUTRACE\"", refusal.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(ushort.MaxValue)]
    public void Another_version_is_refused_by_its_number(int version)
    {
        TraceFormatException refusal = AssertRefused([.. TraceForger.Header(version: (ushort)version), .. TraceForger.Footer()]);
        Assert.Contains($"version 1 to 2, found {version}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_absurd_length_of_the_header_is_refused_before_it_is_allocated() => AssertAbsurd(12);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void An_absurd_number_in_the_head_of_a_block_is_refused_before_it_is_allocated(int at) => AssertAbsurd(TraceForger.Header().Length + at);

    [Theory]
    [InlineData("an unknown kind", new byte[] { 99, 0, 2, 2, 0 })]
    [InlineData("a thread that was not introduced", new byte[] { 5, 9, 0 })]
    [InlineData("a thread that is introduced twice", new byte[] { 5, 0, 2, 2, 0, 5, 0, 2, 2, 0 }, 2)]
    [InlineData("a number of more than 64 bits", new byte[] { 5, 0, 2, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    [InlineData("a time beyond 2^63", new byte[] { 5, 0, 2, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    [InlineData("bytes behind the last event", new byte[] { 5, 0, 2, 2, 0, 0 })]
    [InlineData("an event that is cut off", new byte[] { 1, 0, 2, 2, 0, 4 })]
    [InlineData("an offset beyond the page", new byte[] { 1, 0, 2, 2, 0, 4, 0, 0x80, 0x20 })]
    [InlineData("more areas than bytes", new byte[] { 3, 0, 2, 2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f })]
    [InlineData("a text beyond the block", new byte[] { 3, 0, 2, 2, 0, 0xff, 0xff, 0x03 })]
    [InlineData("a text that is not UTF-8", new byte[] { 3, 0, 2, 2, 0, 2, 0xc3, 0x28, 0 })]
    [InlineData("a file that was not introduced", new byte[] { 16, 0, 2, 2, 0, 0, 0, 0, 0, 0, 2, 0 })]
    [InlineData("an access that is neither read nor write", new byte[] { 2, 0, 2, 2, 0, 0, 1, 2 })]
    [InlineData("an unknown kind of file", new byte[] { 7, 0, 2, 2, 0, 9, 0, 0, 0, 0, 0 })]
    [InlineData("an unknown kind of area", new byte[] { 3, 0, 2, 2, 0, 0, 1, 9, 0, 0, 0, 0, 0, 0 })]
    public void Nonsense_behind_a_right_hash_is_refused(string what, byte[] raw, int events = 1)
    {
        TraceFormatException refusal = AssertRefused([.. TraceForger.Header(), .. TraceForger.Block(raw, events), .. TraceForger.Footer()]);
        Assert.True(refusal.Message.Contains("expected", StringComparison.Ordinal), what);
    }

    [Theory]
    [InlineData("""{"origin":"Nowhere"}""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    [InlineData("[1")]
    [InlineData("""{"origin":"Perf","command":7}""")]
    public void A_header_that_is_not_one_is_refused(string json)
    {
        AssertRefused([.. TraceForger.Header(json), .. TraceForger.Footer()]);
    }

    [Fact]
    public void A_header_that_tells_nothing_else_reads_as_empty()
    {
        byte[] trace = [.. TraceForger.Header("""{"origin":"Perf","host":null}"""), .. TraceForger.Footer()];
        using var reader = new TraceReader(new MemoryStream(trace), "trace");
        Assert.Empty(reader.Header.Command);
        Assert.Empty(reader.Header.Notes);
        Assert.Null(reader.Header.Host.Kernel);
        Assert.Empty(reader.ReadAll());
    }

    [Fact]
    public void A_footer_that_counts_otherwise_is_refused()
    {
        TraceFormatException refusal = AssertRefused([.. TraceForger.Header(), .. TraceForger.Block([5, 0, 2, 2, 0], 1), .. TraceForger.Footer()]);
        Assert.Contains("the footer says", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_unpacks_to_another_length_is_refused()
    {
        AssertRefused([.. TraceForger.Header(), .. TraceForger.Block([5, 0, 2, 2, 0], 1, claimedRawLength: 6), .. TraceForger.Footer()]);
    }

    private static void AssertAbsurd(int place)
    {
        byte[] trace = [.. TraceForger.Header(), .. TraceForger.Block([5, 0, 2, 2, 0], 1), .. TraceForger.Footer()];
        BinaryPrimitives.WriteUInt32LittleEndian(trace.AsSpan(place), 0xffff_fff0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TraceFormatException refusal = AssertRefused(trace);
        Assert.Contains("at most", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static TraceFormatException AssertRefused(byte[] trace)
    {
        TraceFormatException refusal = Assert.Throws<TraceFormatException>(() => TraceGen.Read(trace));
        Assert.StartsWith("trace: offset 0x", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
