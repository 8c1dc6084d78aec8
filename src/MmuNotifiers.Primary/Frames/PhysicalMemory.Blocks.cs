using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Frames side by side.</summary>
public sealed unsafe partial class PhysicalMemory
{
    /// <summary>How many frames a block has: those of a huge page.</summary>
    internal const int BlockFrames = LeafTable.Entries;

    /// <summary>
    /// Takes a block of frames side by side whose first number is a multiple of their count, with undefined bytes and one reference each.
    /// Cheap as long as there are frames that were never used; then every free frame is looked at.
    /// </summary>
    /// <returns>False if there is none.</returns>
    internal bool TryAllocateBlock(out FrameNumber first)
    {
        if (!TryTakeNeverUsed(out first) && !TryTakeFree(out first))
        {
            return false;
        }

        for (ulong i = 0; i < BlockFrames; i++)
        {
            FrameNumber frame = new(first.Value + i);
            Frames.Activate(frame);
            Reclaim?.Arrive(frame);
        }

        return true;
    }

    private bool TryTakeNeverUsed(out FrameNumber first)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        long aligned = (_neverUsed + BlockFrames - 1) & -BlockFrames;
        first = new FrameNumber((ulong)aligned);
        if (aligned + BlockFrames > FrameCount)
        {
            return false;
        }

        for (; _neverUsed < aligned; _neverUsed++)
        {
            _free[_freeCount++] = (uint)_neverUsed;
        }

        _neverUsed = aligned + BlockFrames;
        return true;
    }

    private bool TryTakeFree(out FrameNumber first)
    {
        EmptyStripes();
        using SharedLock.Scope held = _lock.EnterScope();
        Span<uint> free = new(_free, (int)_freeCount);
        first = default;
        uint block = FindWholeBlock(free);
        if (block == uint.MaxValue)
        {
            return false;
        }

        int kept = 0;
        foreach (uint frame in free)
        {
            if (frame / BlockFrames != block)
            {
                free[kept++] = frame;
            }
        }

        _freeCount = kept;
        first = new FrameNumber((ulong)block * BlockFrames);
        return true;
    }

    /// <summary>The number of a block all of whose frames are on the common stack, or <see cref="uint.MaxValue"/>.</summary>
    private uint FindWholeBlock(ReadOnlySpan<uint> free)
    {
        int[] frames = new int[(FrameCount / BlockFrames) + 1];
        foreach (uint frame in free)
        {
            if (++frames[frame / BlockFrames] == BlockFrames)
            {
                return frame / BlockFrames;
            }
        }

        return uint.MaxValue;
    }

    /// <summary>Puts what the stripes hold on the common stack.</summary>
    private void EmptyStripes()
    {
        for (int i = 0; i < StripeCount; i++)
        {
            ref FrameStripe stripe = ref _stripes[i];
            SharedSpinLock.Enter(ref stripe.Lock, _stripes);
            Span<uint> frames = stripe.Frames;
            GiveBack(frames[..stripe.Count]);
            stripe.Count = 0;
            SharedSpinLock.Exit(ref stripe.Lock, _stripes);
        }
    }
}
