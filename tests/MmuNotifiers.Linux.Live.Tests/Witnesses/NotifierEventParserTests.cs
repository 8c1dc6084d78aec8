using CsCheck;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>Lines of a trace, right ones and others.</summary>
public sealed class NotifierEventParserTests
{
    private const string Head = "          dotnet-4711    [001] d..2.  1234.567891: ";

    [Fact]
    public void An_unmapped_range_is_read()
    {
        NotifierEvent read = Parse(Head + "kvm_unmap_hva_range: mmu notifier unmap range: 0x7f0000001000 -- 0x7f0000003000");
        Assert.Equal(NotifierEventKind.Unmap, read.Kind);
        Assert.Equal(new AddressRange(new VirtualAddress(0x7f0000001000), new VirtualAddress(0x7f0000003000)), read.Range);
        Assert.Equal((4711, 1), (read.ThreadId, read.Processor));
        Assert.Equal(TimeSpan.FromSeconds(1234) + TimeSpan.FromMicroseconds(567891), read.Time);
    }

    [Theory]
    [InlineData("kvm_age_hva: mmu notifier age hva: 0x7f0000001000 -- 0x7f0000002000", NotifierEventKind.Age, 0x7f0000001000UL)]
    [InlineData("kvm_test_age_hva: mmu notifier test age hva: 0x7f0000001000", NotifierEventKind.TestAge, 0x7f0000001000UL)]
    [InlineData("kvm_mmu_set_spte: gfn 40001 spte 8000000123456867 (rw-u) level 1 at ffff8881000", NotifierEventKind.Load, 0UL)]
    [InlineData("tracing_mark_write: start [1, 2)", NotifierEventKind.Mark, 0UL)]
    public void Every_kind_is_told_from_the_others(string text, NotifierEventKind kind, ulong start)
    {
        NotifierEvent read = Parse(Head + text);
        Assert.Equal(kind, read.Kind);
        Assert.Equal(start, read.Range.Start.Value);
        Assert.Equal(kind == NotifierEventKind.Load ? 0x40001UL : 0, read.GuestPage);
        Assert.Equal(kind == NotifierEventKind.Load, read.IsWritable);
        Assert.Equal(kind == NotifierEventKind.Mark ? "start [1, 2)" : null, read.Text);
    }

    [Fact]
    public void A_read_only_load_says_so() =>
        Assert.False(Parse(Head + "kvm_mmu_set_spte: gfn 1 spte 1 (r-xu) level 1 at ffff").IsWritable);

    [Theory]
    [InlineData(" .NET TP [x] 7-815-42   [000] d....    1.000001: ", 42)]
    [InlineData("           <...>-43     [000] d....    1.000001: ", 43)]
    [InlineData("a: b-c 12 - 3-44    [000] .....    1.000001: ", 44)]
    public void A_name_of_a_thread_may_hold_anything(string head, int thread) =>
        Assert.Equal(thread, Parse(head + "kvm_age_hva: mmu notifier age hva: 0x1000 -- 0x2000").ThreadId);

    [Theory]
    [InlineData("")]
    [InlineData("# tracer: nop")]
    [InlineData(Head + "sched_switch: prev_comm=x")]
    [InlineData(Head + "kvm_unmap_hva_range: mmu notifier unmap range: 0x3000 -- 0x1000")]
    [InlineData(Head + "kvm_unmap_hva_range: mmu notifier unmap range: 0x3000")]
    [InlineData(Head + "kvm_unmap_hva_range: mmu notifier unmap range: zzz -- 0x1000")]
    [InlineData("kvm_unmap_hva_range: mmu notifier unmap range: 0x1000 -- 0x3000")]
    [InlineData("x-1 [0] 1.5: kvm_unmap_hva_range: mmu notifier unmap range: 0x1000 -- 0x3000")]
    [InlineData(Head + "kvm_mmu_set_spte: gfn 1")]
    public void A_line_of_another_kind_or_a_torn_one_is_none(string line) => Assert.False(NotifierEventParser.TryParse(line, out _));

    [Fact]
    public void No_text_makes_the_parser_throw_and_what_it_reads_is_in_order()
    {
        string[] parts =
        [
            Head, "x-1 [000] d..1. 1.000000: ", "kvm_unmap_hva_range: mmu notifier unmap range: ", "0x1000", " -- ", "0x7fffffffffff", "ffffffffffffffffffff",
            ": kvm_age_hva: mmu notifier age hva: ", ": kvm_test_age_hva: mmu notifier test age hva: ", "ffffffffffffffff", ": kvm_mmu_set_spte: gfn ", "(rw", "(",
            ": tracing_mark_write: ", "[", "]", "-", " ", "99999999999999999999.000000",
        ];
        Gen.OneOf(Gen.Int[0, parts.Length - 1].Select(part => parts[part]), Gen.String[0, 8]).Array[0, 9].Select(string.Concat).Sample(
            line =>
            {
                if (NotifierEventParser.TryParse(line, out NotifierEvent read))
                {
                    Assert.True(read.Range.Start <= read.Range.End && read.Time >= TimeSpan.Zero && read.Processor >= 0);
                }
            },
            iter: 20_000, threads: 1);
    }

    private static NotifierEvent Parse(string line)
    {
        Assert.True(NotifierEventParser.TryParse(line, out NotifierEvent result), line);
        return result;
    }
}
