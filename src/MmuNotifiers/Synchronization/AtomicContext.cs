using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>
/// Marks the calling thread while it runs a callback that must not block: a flush under the page-table lock, or the start of a
/// bracket that is not blockable. Whatever of ours may block asks here first and names the callback that broke its contract.
/// Only where <see cref="Checks.AreOn"/>; otherwise nothing is kept and nothing is asked.
/// </summary>
internal static class AtomicContext
{
    /// <summary>What the messages of refusals have in common, so that a race checker knows them.</summary>
    internal const string Complaint = "was called where it must not";

    [ThreadStatic]
    private static object? CurrentCallback;

    [ThreadStatic]
    private static string? CurrentMethod;

    /// <summary>Marks the thread until the scope is disposed. Contexts nest.</summary>
    /// <param name="callback">The object whose method is about to run.</param>
    /// <param name="method">The method.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Scope Enter(object callback, string method) => Checks.AreOn ? new Scope(callback, method) : default;

    /// <summary>As <see cref="Enter"/> if the thread is marked already, so that the message names this callback; else nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Scope EnterIfAtomic(object callback, string method) =>
        Checks.AreOn && CurrentCallback is not null ? new Scope(callback, method) : default;

    /// <summary>Refuses to block where that is not allowed.</summary>
    /// <param name="operation">What would block, as the message shall name it.</param>
    /// <exception cref="InvalidOperationException">The thread runs a callback that must not block.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ThrowIfAtomic(string operation)
    {
        if (Checks.AreOn && CurrentCallback is { } callback)
        {
            Throw(callback, CurrentMethod!, operation);
        }
    }

    /// <summary>Takes every mark from the calling thread: a race checker gives it something new to run, whatever it was in before.</summary>
    internal static void Clear() => CurrentCallback = null;

    private static void Throw(object callback, string method, string operation) => throw new InvalidOperationException(
        $"{operation} may block, but {callback.GetType()}.{method} {Complaint}: under the page-table lock, or for a range that is not blockable.");

    /// <summary>Holds the mark until disposed.</summary>
    internal readonly ref struct Scope
    {
        private readonly object? _outer;
        private readonly string? _outerMethod;
        private readonly bool _entered;

        internal Scope(object callback, string method)
        {
            _outer = CurrentCallback;
            _outerMethod = CurrentMethod;
            _entered = true;
            CurrentCallback = callback;
            CurrentMethod = method;
        }

        /// <summary>Takes the mark back.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose()
        {
            if (Checks.AreOn && _entered)
            {
                CurrentCallback = _outer;
                CurrentMethod = _outerMethod;
            }
        }
    }
}
