using System.Runtime.CompilerServices;

namespace MmuNotifiers.WrapperCost;

/// <summary>What <see cref="Wrapped"/> does, with the framework's own methods.</summary>
internal static class ByHand
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong LoadAndStore(Entry entry, ulong value)
    {
        ulong old = Volatile.Read(in entry.Word);
        Volatile.Write(ref entry.Word, value);
        return old;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool Exchange(Entry entry, ulong value, ulong comparand) =>
        Volatile.Read(in entry.Word) == comparand
        && Interlocked.CompareExchange(ref entry.Word, value, comparand) == comparand;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string? Reference(Entry entry, string? text)
    {
        Volatile.Write(ref entry.Text, text);
        return Volatile.Read(in entry.Text);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong Fenced(Entry entry, ulong value)
    {
        Volatile.Write(ref entry.Word, value);
        Interlocked.MemoryBarrier();
        return Interlocked.Add(ref entry.Word, value);
    }
}
