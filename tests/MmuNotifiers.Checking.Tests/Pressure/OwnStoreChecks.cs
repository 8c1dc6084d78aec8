using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Synchronization;
using WritingASecondary;

namespace MmuNotifiers.Checking.Tests.Pressure;

/// <summary>A secondary and a swap store that somebody brings along, under pressure; and a store with a mistake.</summary>
public sealed class OwnStoreChecks
{
    private static RaceScenario TwoEvictions => RaceScenario.WithoutSecondary().Pages(2)
        .Thread("reclaim 1", t => t.Evict(0))
        .Thread("reclaim 2", t => t.Evict(1));

    [Fact]
    public void The_secondary_of_the_page_against_reclaim_and_a_store_of_ones_own() =>
        RaceCheck.Explore(UnderPressure.Scenario(static () => new BounceStore(isLocked: true))).AssertExhausted();

    [Fact]
    public void Two_evictions_through_one_buffer_that_is_locked() =>
        RaceCheck.Explore(TwoEvictions.SwapTo(static () => new BounceStore(isLocked: true)), new RaceCheckOptions
        {
            Search = SearchStrategy.Probabilistic, MaxExecutions = 2_000,
        }).AssertPassed();

    [Fact]
    public void Two_evictions_through_one_buffer_that_is_not_are_caught() =>
        RaceCheck.Explore(TwoEvictions.SwapTo(static () => new BounceStore(isLocked: false)))
            .AssertBroken(Invariants.UseAfterFree | Invariants.StaleInstall | Invariants.Coherence);

    /// <summary>A store that moves each page through one buffer.</summary>
    private sealed class BounceStore(bool isLocked) : ISwapStore
    {
        private readonly SharedLock _lock = new();
        private readonly byte[] _buffer = new byte[Page.SizeBytes];
        private readonly Dictionary<long, byte[]> _pages = [];
        private long _moving;

        public string Name => "bounce";

        public long SlotCount => 64;

        public ValueTask WriteAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                using SharedLock.Scope held = isLocked ? _lock.EnterScope() : default;
                transfer.Bytes.Span.CopyTo(_buffer);
                Shared.Write(ref _moving, transfer.Slot, this);
                _pages[transfer.Slot] = [.. _buffer];
                transfer.Outcome = SwapOutcome.Success;
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask ReadAsync(Memory<SwapTransfer> transfers, CancellationToken cancellationToken = default)
        {
            foreach (ref SwapTransfer transfer in transfers.Span)
            {
                using SharedLock.Scope held = isLocked ? _lock.EnterScope() : default;
                bool isThere = _pages.TryGetValue(transfer.Slot, out byte[]? page);
                page?.CopyTo(transfer.Bytes);
                transfer.Outcome = isThere ? SwapOutcome.Success : SwapOutcome.Lost;
            }

            return ValueTask.CompletedTask;
        }

        public void Discard(ReadOnlySpan<long> slots)
        {
            using SharedLock.Scope held = isLocked ? _lock.EnterScope() : default;
            foreach (long slot in slots)
            {
                _pages.Remove(slot);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
