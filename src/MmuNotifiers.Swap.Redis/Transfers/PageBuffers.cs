using System.Collections.Concurrent;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Arrays of exactly one value, used again. As many as were ever under way at a time, which the <see cref="Budget"/> bounds.</summary>
internal sealed class PageBuffers
{
    private readonly ConcurrentStack<byte[]> _free = new();

    public byte[] Rent() => _free.TryPop(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(PageFormat.ValueBytes);

    public void Return(byte[] buffer) => _free.Push(buffer);
}
