using MmuNotifiers.Lab.Conformance;

namespace MmuNotifiers.Lab.Tests.Conformance;

/// <summary>The runner itself: a case that expects the wrong thing has to fail.</summary>
public sealed class ConformanceRunnerTests
{
    private const string Mapped =
        """{"op":"map","p":0,"addr":2,"len":2,"prot":"rw","flags":["private","anon","fixed"],"obj":null,"off":0,"expect":{"ret":2}}""";

    [Theory]
    [InlineData("""{"op":"read1","p":0,"addr":2,"expect":{"value":1}}""", "expected value 1, got value 0")]
    [InlineData("""{"op":"read1","p":0,"addr":2,"expect":{"fault":"SIGBUS"}}""", "expected SIGBUS, got value 0")]
    [InlineData("""{"op":"read1","p":0,"addr":200,"expect":{"value":0}}""", "expected value 0, got SEGV_ACCERR at 200p")]
    [InlineData("""{"op":"write1","p":0,"addr":2,"value":1,"expect":{"ret":1}}""", "expected ret 1, got ret 0")]
    [InlineData("""{"op":"unmap","p":0,"addr":2,"len":0,"expect":{"ret":0}}""", "expected ret 0, got EINVAL")]
    [InlineData("""{"op":"unmap","p":0,"addr":2,"len":1,"expect":{"errno":"EINVAL"}}""", "expected EINVAL, got ret 0")]
    [InlineData("""{"op":"map","p":0,"addr":9,"len":1,"prot":"r","flags":["private","anon"],"expect":{"ret_not":9}}""", "expected ret other than 9, got ret 9p")]
    [InlineData("""{"op":"layout","p":0,"expect":{"layout":["2+3:rw-p:-:0"]}}""", "expected layout [2+3:rw-p:-:0], got layout [2+2:rw-p:-:0]")]
    [InlineData("""{"op":"layout","p":0,"expect":{"layout":["2+1:rw-p:-:0","3+1:rw-p:-:0"]}}""", "got layout [2+2:rw-p:-:0]")]
    [InlineData("""{"op":"dev_read1","p":0,"addr":2,"expect":{"errno":"EFAULT"}}""", "expected EFAULT, got value 0")]
    [InlineData("""{"op":"read1","p":1,"addr":2,"expect":{"value":0}}""", "there is no process 1")]
    public void A_wrong_expectation_fails_with_what_was_found(string operation, string message)
    {
        foreach (ConformanceDevices devices in Enum.GetValues<ConformanceDevices>())
        {
            ConformanceResult result = Run(CaseOf(operation), devices);
            Assert.False(result.Passed);
            Assert.StartsWith("operation 2 ({", result.Message, StringComparison.Ordinal);
            Assert.EndsWith(message, result.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_no_one_expects_anything_of_passes() =>
        Assert.True(Run(CaseOf("""{"op":"read1","p":0,"addr":90},{"op":"exit","p":0,"expect":{}}""")).Passed);

    [Fact]
    public void A_report_counts_what_passed_and_what_did_not()
    {
        string right = CaseOf("""{"op":"layout","p":0}""");
        string wrong = CaseOf("""{"op":"unmap","p":0,"addr":2,"len":0,"expect":{"ret":0}}""");
        using StringReader text = new($"{right}\n{wrong}\n");
        ConformanceReport report = new ConformanceRunner().Run(ConformanceReader.Read(text, "text"));
        Assert.Equal((1, 1), (report.Passed, report.Failed));
        Assert.Equal([true, false], report.Cases.Select(item => item.Passed));
    }

    [Fact]
    public void Plain_lengths_of_transfers_count_bytes_unless_more_is_expected()
    {
        const string Transfer = """{"op":"obj_read_into","p":0,"obj":0,"addr":2,"len":2,"off":0,"expect":{"ret":RESULT}}""";
        Assert.True(Run(CaseOf(Transfer.Replace("RESULT", "2", StringComparison.Ordinal))).Passed);
        Assert.True(Run(CaseOf(Transfer.Replace("RESULT", "8192", StringComparison.Ordinal))).Passed);
    }

    [Theory]
    [InlineData("2+2:rw-p:-:0", "2+1:rw-p:-:0,3+1:rw-p:-:0", true)]
    [InlineData("2+1:rw-p:-:0,3+1:rw-p:-:0", "2+2:rw-p:-:0", false)]
    [InlineData("2+2:rw-s:o0:4", "2+1:rw-s:o0:4,3+1:rw-s:o0:5", true)]
    [InlineData("2+2:rw-s:o0:4", "2+1:rw-s:o0:4,3+1:rw-s:o0:6", false)]
    [InlineData("2+2:rw-p:-:0", "2+1:rw-p:-:0,3+1:r--p:-:0", false)]
    public void A_layout_may_be_split_where_that_cannot_be_seen(string expected, string found, bool same) =>
        Assert.Equal(same, LayoutText.AreSame(expected.Split(','), found.Split(',')));

    private static string CaseOf(string operations) =>
        string.Concat("""{"name":"made up","objects":[{"id":0,"size_pages":2}],"ops":[""", Mapped, ",", operations, "]}");

    private static ConformanceResult Run(string line, ConformanceDevices devices = ConformanceDevices.OwnOperations)
    {
        using StringReader text = new(line);
        return new ConformanceRunner(devices).Run(Assert.Single(ConformanceReader.Read(text, "text")));
    }
}
