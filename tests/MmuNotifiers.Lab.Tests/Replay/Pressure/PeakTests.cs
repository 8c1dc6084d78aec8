using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Traces;
using static MmuNotifiers.Lab.Tests.Replay.ScriptBuilder;

namespace MmuNotifiers.Lab.Tests.Replay.Pressure;

public sealed class PeakTests
{
    private const int Pages = 100;

    [Fact]
    public void Each_private_page_that_is_stored_to_raises_the_peak_by_one() =>
        Assert.Equal(Peak(Stores(new ScriptBuilder(), 0)) + Pages, Peak(Stores(new ScriptBuilder(), Pages)));

    [Fact]
    public void Pages_that_are_only_loaded_show_the_zero_page_and_raise_nothing()
    {
        ScriptBuilder script = new ScriptBuilder().Map(Mapped, Pages);
        for (ulong page = 0; page < Pages; page++)
        {
            script.Read(Mapped + (page * 4096));
        }

        Assert.Equal(Peak(Stores(new ScriptBuilder(), 0)), Peak(script));
    }

    [Fact]
    public void Pages_that_were_never_there_at_once_do_not_add_up()
    {
        ScriptBuilder once = Stores(new ScriptBuilder(), Pages).Unmap(Mapped, Pages);
        ScriptBuilder twice = Stores(Stores(new ScriptBuilder(), Pages).Unmap(Mapped, Pages), Pages).Unmap(Mapped, Pages);
        Assert.Equal(Peak(once), Peak(twice));
    }

    [Fact]
    public void A_page_that_parent_and_child_share_counts_once_until_it_is_copied()
    {
        ScriptBuilder forked = Stores(new ScriptBuilder(), Pages).Fork(2);
        Assert.Equal(Peak(Stores(new ScriptBuilder(), Pages)), Peak(forked));
        Assert.Equal(Peak(Stores(new ScriptBuilder(), Pages)) + 1, Peak(forked.Break(Mapped)));
    }

    [Fact]
    public void Shared_anonymous_memory_is_gone_with_its_last_mapping()
    {
        const LinuxMapFlags Shared = LinuxMapFlags.Shared | LinuxMapFlags.Anonymous;
        ScriptBuilder once = Stores(new ScriptBuilder(), Pages, Shared).Unmap(Mapped, Pages);
        ScriptBuilder twice = Stores(Stores(new ScriptBuilder(), Pages, Shared).Unmap(Mapped, Pages), Pages, Shared);
        Assert.Equal(Peak(once), Peak(twice));
    }

    private static ScriptBuilder Stores(ScriptBuilder script, int pages, LinuxMapFlags flags = LinuxMapFlags.Private | LinuxMapFlags.Anonymous)
    {
        script.Map(Mapped, Pages, flags);
        for (int page = 0; page < pages; page++)
        {
            script.Write(Mapped + ((ulong)page * 4096));
        }

        return script;
    }

    private static long Peak(ScriptBuilder script) => TraceReplay.MeasurePeak(script.Build(), cancellation: TestContext.Current.CancellationToken);
}
