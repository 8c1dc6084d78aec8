using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests;

public sealed class TlbRetryTests : IDisposable
{
    private readonly FakePrimary _primary = new();
    private readonly TlbDomain _domain;
    private readonly SoftwareTlb _cpu;

    public TlbRetryTests()
    {
        _domain = new TlbDomain(_primary, 64);
        _cpu = _domain.AddCpu();
        _primary.Map(Pages(0, 4));
    }

    public void Dispose() => _domain.Dispose();

    [Fact]
    public void A_bracket_that_runs_whole_between_look_up_and_install_is_caught_by_the_sequence()
    {
        int lookUps = 0;
        _primary.LookedUp = _ =>
        {
            if (lookUps++ == 0)
            {
                _primary.Replace(Pages(0, 1));
                _primary.Store(At(0), 99L);
            }
        };

        Assert.Equal(FaultResult.Success, _cpu.Read(At(0), out long value));

        Assert.Equal(99L, value);
        Assert.Equal(2, lookUps);
        Assert.Equal(1, _domain.Statistics.Retries);
    }

    [Fact]
    public void A_page_that_goes_away_between_look_up_and_install_is_refused()
    {
        _primary.LookedUp = _ => _primary.Unmap(Pages(0, 1));
        Assert.Equal(FaultResult.NotMapped, _cpu.Write(At(0), 1));
    }

    [Fact]
    public void Nothing_is_installed_inside_an_open_bracket()
    {
        using ManualResetEventSlim opened = new();
        using ManualResetEventSlim close = new();
        Thread bracket = new(() =>
        {
            using InvalidationScope scope = _primary.Subscriptions.Invalidate(new InvalidationRange(Pages(0, 1), InvalidationEvent.Clear));
            opened.Set();
            close.Wait(TestContext.Current.CancellationToken);
        });
        int lookUps = 0;
        _primary.LookedUp = _ =>
        {
            switch (lookUps++)
            {
                case 0:
                    bracket.Start();
                    opened.Wait(TestContext.Current.CancellationToken);
                    break;
                case 1:
                    close.Set();
                    bracket.Join();
                    break;
            }
        };

        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));

        // The first look-up met the open bracket; the second was made inside it and its end came before the install.
        Assert.Equal(3, lookUps);
        Assert.Equal(2, _domain.Statistics.Retries);
    }

    [Fact]
    public void A_bracket_elsewhere_that_is_still_open_does_not_delay_a_fault()
    {
        using ManualResetEventSlim opened = new();
        using ManualResetEventSlim close = new();
        Thread bracket = new(() =>
        {
            using InvalidationScope scope = _primary.Subscriptions.Invalidate(new InvalidationRange(Pages(2, 1), InvalidationEvent.Clear));
            opened.Set();
            close.Wait(TestContext.Current.CancellationToken);
        });
        bracket.Start();
        opened.Wait(TestContext.Current.CancellationToken);

        Assert.Equal(FaultResult.Success, _cpu.Write(At(0), 1));

        close.Set();
        bracket.Join();
        Assert.Equal(0, _domain.Statistics.Retries);
    }

    [Fact]
    public void A_release_between_look_up_and_install_leaves_nothing_behind()
    {
        _primary.LookedUp = _ => _primary.Subscriptions.Release();
        Assert.Equal(FaultResult.NotMapped, _cpu.Read(At(0), out int _));
        Assert.False(((IAgingNotifier)_domain).TestYoung(At(0)));
    }
}
