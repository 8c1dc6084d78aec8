using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.WrapperCost;

/// <summary>Accesses through the wrapper; <see cref="ByHand"/> has the same methods without it.</summary>
internal static class Wrapped
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong LoadAndStore(Entry entry, ulong value)
    {
        ulong old = Shared.Read(in entry.Word, entry);
        Shared.Write(ref entry.Word, value, entry);
        return old;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool Exchange(Entry entry, ulong value, ulong comparand) =>
        Shared.Read(in entry.Word, entry) == comparand
        && Shared.CompareExchange(ref entry.Word, value, comparand, entry) == comparand;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string? Reference(Entry entry, string? text)
    {
        Shared.Write(ref entry.Text, text, entry);
        return Shared.Read(in entry.Text, entry);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong Fenced(Entry entry, ulong value)
    {
        Shared.Write(ref entry.Word, value, entry);
        Shared.Fence();
        return Shared.Add(ref entry.Word, value, entry);
    }
}
