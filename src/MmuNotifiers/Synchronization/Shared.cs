using System.Runtime.CompilerServices;

namespace MmuNotifiers.Synchronization;

/// <summary>
/// Every access to memory that threads share without a lock: ptes, frame counts, sequences, subscription lists, TLB entries.
/// In production each method is the access itself; a race checker switches <see cref="Controlled"/> on before the first use
/// and takes control at each of them.
/// </summary>
/// <remarks>
/// <see cref="Controlled"/> is a static readonly field, so that the JIT folds it to a constant and the untaken branch is gone:
/// see docs/decisions/0001-shared-access-wrapper.md. For a location in native memory leave <c>owner</c> out: its address is the key.
/// For a field pass the object that it is part of; for an element of an array the array.
/// </remarks>
#pragma warning disable CA1716 // "Shared" is a keyword of Visual Basic, where a name in brackets is none.
#pragma warning disable RS0026 // The overloads cannot be confused: they differ in the type of a location that is passed by reference.
public static class Shared
{
    /// <summary>The name of the AppContext switch that puts the process under a race checker.</summary>
    public const string SwitchName = "MmuNotifiers.Checking";

    /// <summary>The size of a structure that counts as one location: more than a value has, so that none is shown.</summary>
    private const int StructureBytes = 16;

    /// <summary>Whether a race checker may be present. Fixed for the life of the process.</summary>
    public static readonly bool Controlled = AppContext.TryGetSwitch(SwitchName, out bool on) && on;

    /// <summary>Loads with acquire semantics.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ref readonly int location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Read(ref readonly long location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref readonly ulong location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Read(ref readonly nint location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read(ref readonly bool location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(ref readonly uint location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Read(ref readonly ushort location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Read(ref readonly byte location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <inheritdoc cref="Read(ref readonly int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(ref readonly T location, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
        where T : class?
    {
        Before(StepKind.Read, in location, owner, step);
        return Volatile.Read(in location);
    }

    /// <summary>Stores with release semantics.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref int location, int value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref long location, long value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref ulong location, ulong value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref nint location, nint value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref bool location, bool value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref uint location, uint value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref ushort location, ushort value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref byte location, byte value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <inheritdoc cref="Write(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(ref T location, T value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
        where T : class?
    {
        Before(StepKind.Write, in location, owner, step);
        Volatile.Write(ref location, value);
    }

    /// <summary>Stores a value and returns the old one, atomically; a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exchange<T>(ref T location, T value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.Exchange(ref location, value);
    }

    /// <summary>Stores a value if the location holds <paramref name="comparand"/> and returns what it held; a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T CompareExchange<T>(
        ref T location, T value, T comparand, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.CompareExchange(ref location, value, comparand);
    }

    /// <summary>Adds and returns the sum, atomically; a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref int location, int value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.Add(ref location, value);
    }

    /// <inheritdoc cref="Add(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(ref long location, long value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.Add(ref location, value);
    }

    /// <inheritdoc cref="Add(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ref ulong location, ulong value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.Add(ref location, value);
    }

    /// <summary>Adds, atomically, and tells nobody the sum, so that the order of such additions makes no difference; a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Count(ref int location, int value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Count, in location, owner, step);
        Interlocked.Add(ref location, value);
    }

    /// <inheritdoc cref="Count(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Count(ref long location, long value, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Count, in location, owner, step);
        Interlocked.Add(ref location, value);
    }

    /// <summary>
    /// Adds and returns the sum: atomically, a full fence; or by a plain store where the location holds a value that says that nobody else can
    /// come to it.
    /// </summary>
    /// <param name="location">Where.</param>
    /// <param name="value">What is added.</param>
    /// <param name="alone">The value that says so.</param>
    /// <param name="owner">See <see cref="Shared"/>.</param>
    /// <param name="step">The name of the access in a report.</param>
    /// <remarks>
    /// For a race checker without store buffers the load and the atomic addition are one step: what the load finds when it is not
    /// <paramref name="alone"/> makes no difference.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long AddOrStore(
        ref long location, long value, long alone, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.ReadBeforeUpdate, in location, owner, step);
        if (Volatile.Read(in location) == alone)
        {
            Before(StepKind.Write, in location, owner, step);
            Volatile.Write(ref location, alone + value);
            return alone + value;
        }

        Before(StepKind.UpdateAfterRead, in location, owner, step);
        return Interlocked.Add(ref location, value);
    }

    /// <summary>Sets bits and returns the old value, atomically; a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Or(ref int location, int bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.Or(ref location, bits);
    }

    /// <inheritdoc cref="Or(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ref ulong location, ulong bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.Or(ref location, bits);
    }

    /// <summary>Keeps only the given bits and returns the old value, atomically; a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int And(ref int location, int bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.And(ref location, bits);
    }

    /// <inheritdoc cref="And(ref int, int, object?, string)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ref ulong location, ulong bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        Before(StepKind.Update, in location, owner, step);
        return Interlocked.And(ref location, bits);
    }

    /// <summary>Loads some bits, with acquire semantics; the others of the location do not matter, and are 0 in what is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ReadBits(
        ref readonly int location, int bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        BeforeBits(StepKind.Read, in location, bits, owner, step);
        return Volatile.Read(in location) & bits;
    }

    /// <summary>Sets bits, atomically; a full fence. Other bits of the location do not matter.</summary>
    /// <returns>Whether any of them was set before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool SetBits(
        ref int location, int bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        BeforeBits(StepKind.Update, in location, bits, owner, step);
        return (Interlocked.Or(ref location, bits) & bits) != 0;
    }

    /// <summary>Clears bits, atomically; a full fence. Other bits of the location do not matter.</summary>
    /// <returns>Whether any of them was set before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool ClearBits(
        ref int location, int bits, object? owner = null, [CallerArgumentExpression(nameof(location))] string step = "")
    {
        BeforeBits(StepKind.Update, in location, bits, owner, step);
        return (Interlocked.And(ref location, ~bits) & bits) != 0;
    }

    /// <summary>Orders all accesses of the calling thread before it with all behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fence([CallerMemberName] string step = "")
    {
        if (Controlled)
        {
            ScheduleController.Current?.BeforeAccess(StepKind.Fence, null, 0, 0, step);
        }

        Interlocked.MemoryBarrier();
    }

    /// <summary>Orders the loads of the calling thread before it with those behind it; free on x86-64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadFence() => Volatile.ReadBarrier();

    /// <summary>
    /// A fence on every running thread of the process: the heavy half of an asymmetric fence, whose light half is nothing but
    /// the program order of the reader's plain accesses. 0.5 us alone, about 12 us with busy threads.
    /// </summary>
    public static void ProcessWideBarrier([CallerMemberName] string step = "")
    {
        if (Controlled && ScheduleController.Current is { } controller)
        {
            controller.BeforeAccess(StepKind.ProcessWideBarrier, null, 0, 0, step);
            return;
        }

        Interlocked.MemoryBarrierProcessWide();
    }

    /// <summary>
    /// Announces a load of bytes that the caller makes by other means: a copy, a vector. In production nothing at all.
    /// </summary>
    /// <param name="address">The first byte, in native memory.</param>
    /// <param name="lengthBytes">How many bytes follow.</param>
    /// <param name="step">The name of the access in a report.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BeforeRead(nint address, int lengthBytes, [CallerMemberName] string step = "")
    {
        if (Controlled)
        {
            ScheduleController.Current?.BeforeAccess(StepKind.Read, null, address, lengthBytes, step);
        }
    }

    /// <summary>As <see cref="BeforeRead"/>, for a store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BeforeWrite(nint address, int lengthBytes, [CallerMemberName] string step = "")
    {
        if (Controlled)
        {
            ScheduleController.Current?.BeforeAccess(StepKind.Write, null, address, lengthBytes, step);
        }
    }

    /// <summary>
    /// Announces that a structure is searched whose parts are no steps of their own: it counts as one location. In production nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void BeforeSearch(object structure, string step)
    {
        if (Controlled)
        {
            ScheduleController.Current?.BeforeAccess(StepKind.Read, structure, 0, StructureBytes, step);
        }
    }

    /// <summary>As <see cref="BeforeSearch"/>, for a change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void BeforeChange(object structure, string step)
    {
        if (Controlled)
        {
            ScheduleController.Current?.BeforeAccess(StepKind.Update, structure, 0, StructureBytes, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BeforeBits(StepKind kind, ref readonly int location, int bits, object? owner, string step)
    {
        if (Controlled)
        {
            AnnounceBits(kind, in location, bits, owner, step);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AnnounceBits(StepKind kind, ref readonly int location, int bits, object? owner, string step) =>
        ScheduleController.Current?.BeforeAccess(kind, owner, SharedLocation.Of(in location, owner), sizeof(int), step, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Before<T>(StepKind kind, ref readonly T location, object? owner, string step)
    {
        if (Controlled)
        {
            Announce(kind, in location, owner, step);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Announce<T>(StepKind kind, ref readonly T location, object? owner, string step) =>
        ScheduleController.Current?.BeforeAccess(kind, owner, SharedLocation.Of(in location, owner), SharedLocation.SizeOf<T>(), step);
}
