using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// A pool of frames: what RAM is to a machine. Any number of address spaces and objects share one; its bytes lie in one native
/// arena, of which only touched frames cost memory.
/// </summary>
/// <remarks>
/// Frame 0 is the zero page. Free frames are kept on stacks: a warm one for each of a few stripes of threads, and a common one
/// behind them, from which stripes are filled by the batch.
/// </remarks>
public sealed unsafe partial class PhysicalMemory : IDisposable
{
    private const int StripeCount = 16;
    private const int StripeBatch = FrameStripe.Capacity / 2;
    private const byte PoisonByte = 0xA5;

    private readonly FrameStripe[] _stripes = new FrameStripe[StripeCount];
    private readonly SharedLock _lock = new();
    private readonly FreedFrames _freed;
    private readonly byte* _arena;
    private readonly FrameBytes[] _bytesForTransfer;

    /// <summary>The common stack of free frames, with room for all. Guarded by the lock.</summary>
    private readonly uint* _free;

    /// <summary>How many frames are on the common stack. Guarded by the lock.</summary>
    private long _freeCount;

    /// <summary>Frames from here on were never used. Guarded by the lock.</summary>
    private long _neverUsed = 1;

    /// <summary>How many objects were made over the pool.</summary>
    private long _objects;

    /// <summary>How many address spaces were made over the pool.</summary>
    private long _spaces;

    private bool _disposed;

    /// <summary>Makes a pool.</summary>
    /// <param name="frames">How many frames there are, of 4096 bytes each; the zero page is one of them.</param>
    /// <param name="freed">What happens to the bytes of freed frames.</param>
    /// <param name="reclaim">How pages are taken away when the frames run out; null if none are, so that whoever needs one then gets none.</param>
    /// <param name="arena">With which pages of the host the frames are backed.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two frames, or more than 2^31.</exception>
    public PhysicalMemory(long frames, FreedFrames freed = FreedFrames.KeepBytes, ReclaimOptions? reclaim = null, ArenaPages arena = ArenaPages.Automatic)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames, 1L << 31);
        FrameCount = frames;
        _freed = freed;
        Frames = new FrameTable(frames);
        Merging = new MergeTable(this);
        Reclaim = reclaim is null ? null : new Reclaimer(this, reclaim);

        // SAFETY: both are freed once in Dispose; the arena is addressed only through frame numbers below the count, and no frame
        // is on the stack twice.
        _free = (uint*)NativeMemory.Alloc((nuint)frames, sizeof(uint));
        _arena = FrameArena.Allocate(frames, arena);
        Zero(ZeroFrame);
        Frames.Activate(ZeroFrame);
        _bytesForTransfer = MakeBytesForTransfer();
        Swap = new SwapSpace(this);
        if (reclaim?.Swap is { } store)
        {
            Swap.AddArea(store, SwapAreaKind.ReadWrite);
        }

        MetricsNumber = MemoryMetrics.Add(this);
    }

    /// <summary>How many frames there are.</summary>
    public long FrameCount { get; }

    /// <summary>How many frames are in use, the zero page included. Exact only while nobody allocates or frees.</summary>
    public long FramesInUse
    {
        get
        {
            using SharedLock.Scope held = _lock.EnterScope();
            long free = FrameCount - _neverUsed + _freeCount;
            for (int i = 0; i < StripeCount; i++)
            {
                free += Shared.Read(in _stripes[i].Count, _stripes);
            }

            return FrameCount - free;
        }
    }

    /// <summary>What takes pages away when the frames run out; null for a pool that was made without.</summary>
    public Reclaimer? Reclaim { get; }

    /// <summary>How many frames are free, those that the stripes hold aside: a look without a lock.</summary>
    internal long FreeFrames => FrameCount - Shared.Read(in _neverUsed, this) + Shared.Read(in _freeCount, this);

    /// <summary>Frames from here on were never used.</summary>
    internal long UsedEnd => Shared.Read(in _neverUsed, this);

    /// <summary>The page of zeroes that every untouched page of anonymous memory shows.</summary>
    internal static FrameNumber ZeroFrame => new(0);

    /// <summary>The state of each frame.</summary>
    internal FrameTable Frames { get; }

    /// <summary>What is known of pages that are equal.</summary>
    internal MergeTable Merging { get; }

    /// <summary>The number of the pool among those that the process made.</summary>
    internal long MetricsNumber { get; }

    /// <summary>The address spaces over the pool.</summary>
    internal AddressSpaceList Spaces { get; } = new();

    /// <summary>Where the page tables of its address spaces come from.</summary>
    internal TablePool Tables { get; } = new();

    /// <summary>Where a frame's bytes lie.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public nint FrameAddress(FrameNumber frame)
    {
        if (frame.Value >= (ulong)FrameCount)
        {
            throw new ArgumentOutOfRangeException(nameof(frame), $"{frame} is not one of the {FrameCount} frames of the pool.");
        }

        return Address(frame);
    }

    /// <summary>
    /// Takes a frame for a device's own use, with undefined bytes; the caller gives it back with <see cref="Free"/>. Where there is none left,
    /// pages are evicted for it: it may block then, and the caller holds no lock that an eviction takes, nor one that a callback takes.
    /// </summary>
    /// <returns>False if there is none left, and none to be had.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAllocate(out FrameNumber frame) => TryAllocateSpare(out frame) || (Reclaim is { } reclaim && reclaim.TryAllocate(out frame));

    /// <summary>As <see cref="TryAllocate"/>, but evicts nothing: for what may not be needed, and under locks that an eviction takes.</summary>
    internal bool TryAllocateSpare(out FrameNumber frame)
    {
        ref FrameStripe stripe = ref Stripe();
        SharedSpinLock.Enter(ref stripe.Lock, _stripes);
        bool refills = stripe.Count == 0;
        bool found = !refills || Refill(ref stripe);
        frame = found ? Pop(ref stripe) : default;
        SharedSpinLock.Exit(ref stripe.Lock, _stripes);
        if (!found && !TryTakeFromOthers(out frame))
        {
            return false;
        }

        Frames.Activate(frame);
        if (Reclaim is { } reclaim)
        {
            reclaim.Arrive(frame);
            if (refills)
            {
                reclaim.NoteTaken(StripeBatch, FreeFrames);
            }
        }

        return true;
    }

    /// <summary>Gives back a frame that <see cref="TryAllocate"/> gave.</summary>
    public void Free(FrameNumber frame) => Put(frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            MemoryMetrics.Remove(this);
            Reclaim?.Dispose();
            Swap.Dispose();
            Frames.Dispose();
            Tables.Dispose();
            NativeMemory.Free(_free);
            FrameArena.Free(_arena);
        }
    }

    /// <summary>A number for a new address space, higher than those of all before.</summary>
    internal long NextSpaceNumber() => Shared.Add(ref _spaces, 1, this);

    /// <summary>The number of an object that is being made, from 1.</summary>
    internal long NextObjectNumber() => Shared.Add(ref _objects, 1, this);

    /// <summary>Takes a frame of zeroes.</summary>
    internal bool TryAllocateZeroed(out FrameNumber frame)
    {
        if (!TryAllocate(out frame))
        {
            return false;
        }

        Zero(frame);
        return true;
    }

    /// <summary>Drops a reference; the last one frees the frame. Not inside the bracket that unmapped it.</summary>
    internal void Put(FrameNumber frame)
    {
        long left = Frames.Drop(frame);
        if (left == 0)
        {
            Retire(frame);
        }
        else if (left == FrameCounts.OneReference)
        {
            ForgetIfUnused(frame);
        }
    }

    /// <summary>As <see cref="Put(FrameNumber)"/>, for many.</summary>
    internal void Put(ReadOnlySpan<FrameNumber> frames)
    {
        Span<uint> freed = stackalloc uint[FrameStripe.Capacity];
        int count = 0;
        foreach (FrameNumber frame in frames)
        {
            long left = Frames.Drop(frame);
            if (left != 0)
            {
                if (left == FrameCounts.OneReference)
                {
                    ForgetIfUnused(frame);
                }

                continue;
            }

            if (count == freed.Length)
            {
                GiveBack(freed);
                count = 0;
            }

            RetireState(frame);
            freed[count++] = (uint)frame.Value;
        }

        if (count > 0)
        {
            Push(freed[..count]);
        }
    }

    private void Retire(FrameNumber frame)
    {
        RetireState(frame);
        uint number = (uint)frame.Value;
        Push(new ReadOnlySpan<uint>(in number));
    }

    private void RetireState(FrameNumber frame)
    {
        if (_freed == FreedFrames.Poisoned)
        {
            Shared.BeforeWrite(Address(frame), Page.SizeBytes, "poison frame");
            Bytes(frame).Fill(PoisonByte);
        }

        Reclaim?.Leave(frame);
        Frames.Retire(frame);
    }

    /// <summary>How many stripes have frames: under a race checker one, so that its threads have frames in common.</summary>
    private static int StripesInUse => Shared.Controlled ? 1 : StripeCount;

    private ref FrameStripe Stripe() => ref _stripes[Environment.CurrentManagedThreadId & (StripesInUse - 1)];

    private static FrameNumber Pop(ref FrameStripe stripe)
    {
        int top = stripe.Count - 1;
        stripe.Count = top;
        return new FrameNumber(stripe.Frames[top]);
    }

    /// <summary>Puts free frames, at most as many as a stripe holds, on the stripe of this thread.</summary>
    private void Push(ReadOnlySpan<uint> frames)
    {
        ref FrameStripe stripe = ref Stripe();
        SharedSpinLock.Enter(ref stripe.Lock, _stripes);
        int count = stripe.Count;
        Span<uint> stack = stripe.Frames;
        if (count + frames.Length > FrameStripe.Capacity)
        {
            // The oldest go, at least half of what is there.
            int spilled = Math.Max(count / 2, count + frames.Length - FrameStripe.Capacity);
            GiveBack(stack[..spilled]);
            stack[spilled..count].CopyTo(stack);
            count -= spilled;
        }

        frames.CopyTo(stack[count..]);
        stripe.Count = count + frames.Length;
        SharedSpinLock.Exit(ref stripe.Lock, _stripes);
    }

    /// <summary>Puts free frames on the common stack.</summary>
    private void GiveBack(ReadOnlySpan<uint> frames)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        frames.CopyTo(new Span<uint>(_free + _freeCount, frames.Length));
        _freeCount += frames.Length;
    }

    /// <summary>Fills an empty stripe by a batch, in the order in which the frames lie in the arena where they were never used.</summary>
    private bool Refill(ref FrameStripe stripe)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        int taken = (int)Math.Min(_freeCount, StripeBatch);
        Span<uint> stack = stripe.Frames;
        _freeCount -= taken;
        new ReadOnlySpan<uint>(_free + _freeCount, taken).CopyTo(stack);
        if (taken == 0)
        {
            taken = (int)Math.Min(FrameCount - _neverUsed, StripeBatch);
            for (int i = 0; i < taken; i++)
            {
                stack[i] = (uint)(_neverUsed + taken - 1 - i);
            }

            _neverUsed += taken;
        }

        stripe.Count = taken;
        return taken > 0;
    }

    /// <summary>The pool is empty: the last frames may lie on the stripes of other threads.</summary>
    private bool TryTakeFromOthers(out FrameNumber frame)
    {
        frame = default;
        for (int i = 0; i < StripesInUse; i++)
        {
            ref FrameStripe stripe = ref _stripes[i];
            SharedSpinLock.Enter(ref stripe.Lock, _stripes);
            bool found = stripe.Count > 0;
            frame = found ? Pop(ref stripe) : default;
            SharedSpinLock.Exit(ref stripe.Lock, _stripes);
            if (found)
            {
                return true;
            }
        }

        return false;
    }
}
