namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>What a second thread may see while areas change.</summary>
public sealed class CallConcurrencyTests : CallTest
{
    private const int Rounds = 3_000;
    private const MoveFlags Fixed = MoveFlags.MayMove | MoveFlags.Fixed;

    [Fact]
    public void Memory_that_moves_is_here_or_there_but_never_empty()
    {
        Map(2, 1);
        Store(2, 7);
        WhileReading([2, 70], value => value == 7, () =>
        {
            Assert.True(Space.Move(At(2), Bytes(1), Bytes(1), Fixed, At(70)).Succeeded);
            Assert.True(Space.Move(At(70), Bytes(1), Bytes(1), Fixed, At(2)).Succeeded);
        });
    }

    [Fact]
    public void A_fixed_mapping_takes_the_place_of_another_without_a_moment_between()
    {
        Map(2, 1);
        int refused = 0;
        WhileReading([2], _ => true, () => Map(2, 1), () => refused++);
        Assert.Equal(0, refused);
    }

    [Fact]
    public void What_lies_beside_a_page_whose_rights_change_can_be_read_all_the_time()
    {
        Map(2, 3);
        Store(2, 7);
        Store(4, 7);
        int refused = 0;
        WhileReading(
            [2, 4],
            value => value == 7,
            () =>
            {
                Space.Protect(At(3), Bytes(1), AccessRights.None);
                Space.Protect(At(3), Bytes(1), AccessRights.ReadWrite);
            },
            () => refused++);
        Assert.Equal(0, refused);
    }

    /// <summary>
    /// Changes areas while another thread reads the first byte of pages, and until it could; whatever it reads must be as expected.
    /// </summary>
    private void WhileReading(ulong[] pages, Func<byte, bool> isExpected, Action change, Action? onRefused = null)
    {
        using Barrier start = new(2);
        bool done = false;
        int seen = 0;
        int wrong = 0;
        Thread reader = new(() =>
        {
            byte[] bytes = new byte[1];
            start.SignalAndWait(TestContext.Current.CancellationToken);
            while (!Volatile.Read(ref done))
            {
                foreach (ulong page in pages)
                {
                    if (Space.Read(At(page), bytes).Result != FaultResult.Success)
                    {
                        onRefused?.Invoke();
                        continue;
                    }

                    Volatile.Write(ref seen, seen + 1);
                    wrong += isExpected(bytes[0]) ? 0 : 1;
                }
            }
        });
        reader.Start();
        start.SignalAndWait(TestContext.Current.CancellationToken);
        for (int round = 0; round < Rounds || Volatile.Read(ref seen) == 0; round++)
        {
            change();
        }

        Volatile.Write(ref done, true);
        reader.Join();
        Assert.Equal(0, wrong);
    }
}
