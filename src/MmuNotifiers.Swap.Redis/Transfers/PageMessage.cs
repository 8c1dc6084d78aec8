using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>
/// The pages of one group on their way to a server, in one command, so that they arrive all or not at all. The bytes are copied at once: when the
/// operation gives the command up, the client may still hold them. Buffers and permits go back when the client has let go of the command.
/// </summary>
internal sealed class PageMessage
{
    private readonly PageBuffers _buffers;
    private readonly Budget.Permits _permits;
    private readonly byte[][] _keys;
    private readonly byte[][] _values;

    public PageMessage(PageBatch pages, SwapConnection connection, SlotTable slots, PageBuffers buffers, Budget.Permits permits)
    {
        Pages = pages;
        _buffers = buffers;
        _permits = permits;
        _keys = new byte[pages.Count][];
        _values = new byte[pages.Count][];
        for (int index = 0; index < pages.Count; index++)
        {
            ref SwapTransfer transfer = ref pages[index];
            SlotState state = slots[transfer.Slot];
            _keys[index] = connection.Keys.Page(transfer.Slot, state.Incarnation);
            _values[index] = buffers.Rent();
            PageFormat.Write(transfer.Bytes.Span, connection.Identify(transfer.Slot, state.Incarnation, state.NextGeneration), _values[index]);
        }
    }

    public PageBatch Pages { get; }

    /// <summary>The answer to the command, once it was sent.</summary>
    public Task Answer { get; private set; } = Task.CompletedTask;

    /// <summary>Sends it to whichever server holds the group; the client follows redirections.</summary>
    public void Send(IDatabase database)
    {
        Started(Calls.Start(() => _keys.Length == 1
            ? database.StringSetAsync(_keys[0], _values[0], flags: CommandFlags.DemandMaster)
            : database.StringSetAsync(Pairs(), flags: CommandFlags.DemandMaster)));
    }

    /// <summary>Sends it to one server; when the group lies elsewhere, the server refuses.</summary>
    public void Send(IServer server)
    {
        object[] arguments = new object[_keys.Length * 2];
        for (int index = 0; index < _keys.Length; index++)
        {
            arguments[index * 2] = _keys[index];
            arguments[(index * 2) + 1] = _values[index];
        }

        Started(Calls.Start(() => server.ExecuteAsync("MSET", arguments, CommandFlags.NoRedirect)));
    }

    private void Started(Task answer)
    {
        Answer = answer;
        _ = LetGoAsync();
    }

    private KeyValuePair<RedisKey, RedisValue>[] Pairs()
    {
        var pairs = new KeyValuePair<RedisKey, RedisValue>[_keys.Length];
        for (int index = 0; index < pairs.Length; index++)
        {
            pairs[index] = new KeyValuePair<RedisKey, RedisValue>(_keys[index], _values[index]);
        }

        return pairs;
    }

    /// <remarks>
    /// A command that the client gave up while its bytes were being sent could go out with the bytes of the next user of a buffer. It would
    /// meet a key that was abandoned with the command, and the checksum would refuse it there.
    /// </remarks>
    private async Task LetGoAsync()
    {
        await Answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (byte[] value in _values)
        {
            _buffers.Return(value);
        }

        _permits.Dispose();
    }
}
