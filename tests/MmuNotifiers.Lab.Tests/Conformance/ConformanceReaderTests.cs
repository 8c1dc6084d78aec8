using CsCheck;
using MmuNotifiers.Lab.Conformance;
using MmuNotifiers.Lab.Conformance.Fuzzing;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Tests.Conformance;

public sealed class ConformanceReaderTests
{
    [Theory]
    [InlineData("0b", 0UL)]
    [InlineData("2p", 8192UL)]
    [InlineData("2p+100b", 8292UL)]
    [InlineData("2p-1b", 8191UL)]
    [InlineData("-1b", ulong.MaxValue)]
    [InlineData("-4095b", ulong.MaxValue - 4094)]
    [InlineData("0x10b", 16UL)]
    [InlineData("0xfffb", 0xfffUL)]
    [InlineData("0x10p", 0x10000UL)]
    public void An_amount_is_a_sum_of_pages_and_bytes(string text, ulong bytes)
    {
        Assert.True(ByteAmount.TryParse(text, out ByteAmount amount));
        Assert.Equal(bytes, amount.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("p")]
    [InlineData("2p+")]
    [InlineData("2p 1b")]
    [InlineData("2q")]
    [InlineData("0xb")]
    public void What_is_no_amount_is_refused(string text) => Assert.False(ByteAmount.TryParse(text, out _));

    [Fact]
    public void An_amount_is_read_as_it_was_written() => Gen.ULong.Sample(bytes =>
    {
        Assert.True(ByteAmount.TryParse(new ByteAmount(bytes).ToString(), out ByteAmount amount));
        Assert.Equal(bytes, amount.Bytes);
    });

    [Theory]
    [InlineData("[]", "\"name\" is missing")]
    [InlineData("{\"name\":\"x\"}", "\"ops\" is missing")]
    [InlineData("{\"name\":\"x\",\"ops\":[", "one JSON object")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"fly\",\"p\":0}]}", "case \"x\", operation 1: unknown operation \"fly\"")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"obj_fly\",\"p\":0,\"obj\":0}]}", "unknown operation \"obj_fly\"")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"exit\",\"p\":0,\"expect\":{\"rett\":0}}]}", "unknown expectation \"rett\"")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"read1\",\"p\":0}]}", "\"addr\" should be a number of pages")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"read1\",\"p\":0,\"addr\":\"2\"}]}", "\"addr\" should be a number of pages")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"write1\",\"p\":0,\"addr\":2,\"value\":256}]}", "\"value\" should be a number from 0 to 255")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"obj_read1\",\"p\":0,\"obj\":3,\"off\":0}]}", "there is no object 3")]
    [InlineData("{\"name\":\"x\",\"page_size\":16384,\"ops\":[]}", "\"page_size\" should be a number from 4096 to 4096")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"protect\",\"p\":0,\"addr\":2,\"len\":1,\"prot\":\"rq\"}]}", "letters of rwx")]
    [InlineData("{\"name\":\"x\",\"ops\":[{\"op\":\"advise\",\"p\":0,\"addr\":2,\"len\":1,\"advice\":\"hush\"}]}", "unknown name \"hush\" in \"advice\"")]
    public void A_bad_line_is_named_with_what_is_wrong(string line, string expected)
    {
        using StringReader reader = new($"# a remark\n\n{line}\n");
        ConformanceFormatException problem = Assert.Throws<ConformanceFormatException>(() => ConformanceReader.Read(reader, "cases.jsonl"));
        Assert.Equal(3, problem.Line);
        Assert.StartsWith("cases.jsonl:3: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operation_is_read_as_it_was_written()
    {
        CaseLimits limits = new() { MoreAreas = 3, MoreAddresses = ByteAmount.OfPages(9), Locked = new ByteAmount(5000), Stack = ByteAmount.OfPages(7) };
        OperationGenerator generator = new(new Random(7), new FuzzPlace(UsesHeap: true, limits));
        ConformanceOperation[] operations =
        [
            .. Enumerable.Range(0, 2_000).Select(_ => generator.Next()), new LayoutOperation(0, LayoutPlace.Heap), new LayoutOperation(0),
        ];
        ConformanceCase written = new FuzzPlace(UsesHeap: true, limits).CaseOf(operations, "round trip");
        using StringReader reader = new(ConformanceWriter.ToLine(written));
        ConformanceCase read = Assert.Single(ConformanceReader.Read(reader, "made up"));
        Assert.Equal(operations.Select(OperationWriter.Describe), read.Operations.Select(OperationWriter.Describe));
        Assert.Equal(ConformanceWriter.ToLine(written), ConformanceWriter.ToLine(read));
    }

    [Fact]
    public void A_changed_file_is_read_or_refused_with_its_line_and_never_anything_else()
    {
        string text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "conformance", "errors.jsonl"));
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 40], Gen.Char[' ', '~']).Sample(
            (position, cut, letter) =>
            {
                string changed = text[..position] + letter + text[Math.Min(text.Length, position + cut)..];
                try
                {
                    using StringReader reader = new(changed);
                    ConformanceReader.Read(reader, "changed");
                }
                catch (ConformanceFormatException problem)
                {
                    Assert.True(problem.Line > 0);
                }
            },
            iter: 400);
    }
}
