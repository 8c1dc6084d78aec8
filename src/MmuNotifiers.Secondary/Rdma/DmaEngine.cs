using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>
/// A DMA engine of a card: takes transfers from a bounded queue and moves their bytes, on a thread of its own, page by page through the card's
/// TLB. Any thread may post and poll.
/// </summary>
/// <remarks>
/// A request occupies one of <see cref="Depth"/> places from its post until its completion was polled, so that a completion always finds room:
/// <code>
///   post -> [ work queue ] -> engine -> [ completion queue ] -> poll
///            +---- together at most Depth requests -----+
/// </code>
/// The engine holds no lock while it moves bytes or waits for a page.
/// </remarks>
public sealed class DmaEngine : IDisposable
{
    /// <summary>The highest number of places.</summary>
    public const int MaxDepth = 1 << 16;

    private readonly SharedMonitor _monitor = new();
    private readonly DmaTransfer _transfer;
    private readonly Thread? _thread;

    /// <summary>A ring. Guarded by the monitor.</summary>
    private readonly Queue<WorkRequest> _work;

    /// <inheritdoc cref="_work"/>
    private readonly Queue<Completion> _completions;

    /// <summary>Whether a request is being worked on. Guarded by the monitor.</summary>
    private bool _isBusy;

    /// <summary>Whether no request is taken any more. Written under the monitor; read by the engine between pages.</summary>
    private bool _isStopped;

    /// <summary>Makes an engine and starts its thread.</summary>
    /// <param name="card">The card.</param>
    /// <param name="depth">How many requests may be under way or not polled yet; from 1 to <see cref="MaxDepth"/>.</param>
    public DmaEngine(NetworkCard card, int depth = 128)
        : this(card, depth, startsThread: true)
    {
    }

    /// <summary>As the other constructor; without a thread whoever calls <see cref="TryRunOne"/> is the engine.</summary>
    internal DmaEngine(NetworkCard card, int depth, bool startsThread)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MaxDepth);
        Depth = depth;
        Card = card;
        _work = new Queue<WorkRequest>(depth);
        _completions = new Queue<Completion>(depth);
        _transfer = new DmaTransfer(card);
        if (startsThread)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "DMA engine" };
            _thread.Start();
        }
    }

    /// <summary>How many requests may be under way or not polled yet.</summary>
    public int Depth { get; }

    /// <summary>The card.</summary>
    public NetworkCard Card { get; }

    /// <summary>Whether the engine was told to stop.</summary>
    internal bool IsStopped => Shared.Read(in _isStopped, this);

    /// <summary>Posts a transfer.</summary>
    /// <returns>False if all places are occupied (poll first), or the engine was stopped.</returns>
    /// <exception cref="ArgumentException">A region is missing, or belongs to another card.</exception>
    public bool TryPost(in WorkRequest request)
    {
        ThrowIfForeign(request.Source, nameof(request));
        ThrowIfForeign(request.Target, nameof(request));
        _monitor.Enter();
        bool accepted = !_isStopped && _work.Count + _completions.Count + (_isBusy ? 1 : 0) < Depth;
        if (accepted)
        {
            _work.Enqueue(request);
            _monitor.WakeAll();
        }

        _monitor.Exit();
        return accepted;
    }

    /// <summary>Takes the oldest completion, if there is one.</summary>
    public bool TryPoll(out Completion completion)
    {
        _monitor.Enter();
        bool found = _completions.TryDequeue(out completion);
        _monitor.Exit();
        return found;
    }

    /// <summary>Takes the oldest completion; waits for it while a transfer is under way.</summary>
    /// <returns>False if nothing is under way and no completion is left.</returns>
    public bool Poll(out Completion completion)
    {
        _monitor.Enter();
        while (_completions.Count == 0 && !IsIdleLocked)
        {
            _monitor.Wait();
        }

        bool found = _completions.TryDequeue(out completion);
        _monitor.Exit();
        return found;
    }

    /// <summary>Waits until every transfer that was posted has completed. Their completions stay to be polled.</summary>
    public void Drain()
    {
        _monitor.Enter();
        while (!IsIdleLocked)
        {
            _monitor.Wait();
        }

        _monitor.Exit();
    }

    /// <summary>
    /// Stops the engine: the transfer under way ends at the next page, what waits is not begun; both complete as
    /// <see cref="CompletionStatus.Flushed"/> and can still be polled. On return no access of the engine is in flight. Idempotent. Not from
    /// inside a notifier's callback.
    /// </summary>
    public void Stop()
    {
        _monitor.Enter();
        Shared.Write(ref _isStopped, true, this);
        _monitor.WakeAll();
        _monitor.Exit();
        if (_thread is not null)
        {
            _thread.Join();
            return;
        }

        while (TryRunOne())
        {
        }
    }

    /// <inheritdoc cref="Stop"/>
    public void Dispose() => Stop();

    /// <summary>Does the oldest request, on the calling thread. Only for an engine without a thread.</summary>
    /// <returns>False if there is none.</returns>
    internal bool TryRunOne()
    {
        _monitor.Enter();
        bool found = _work.TryDequeue(out WorkRequest request);
        _isBusy = found;
        _monitor.Exit();
        if (found)
        {
            Complete(_transfer.Run(in request, in _isStopped, this));
        }

        return found;
    }

    private bool IsIdleLocked => _work.Count == 0 && !_isBusy;

    private void Run()
    {
        while (AwaitWork())
        {
            TryRunOne();
        }
    }

    /// <returns>False if the engine was stopped and has nothing left to flush.</returns>
    private bool AwaitWork()
    {
        _monitor.Enter();
        while (_work.Count == 0 && !_isStopped)
        {
            _monitor.Wait();
        }

        bool found = _work.Count > 0;
        _monitor.Exit();
        return found;
    }

    private void Complete(in Completion completion)
    {
        _monitor.Enter();
        _completions.Enqueue(completion);
        _isBusy = false;
        _monitor.WakeAll();
        _monitor.Exit();
    }

    private void ThrowIfForeign(MemoryRegion region, string parameter)
    {
        if (region?.Context.Card != Card)
        {
            throw new ArgumentException("A transfer names two regions of the engine's card.", parameter);
        }
    }
}
