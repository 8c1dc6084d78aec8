using System.Buffers;

namespace MmuNotifiers.Primary;

/// <summary>For a race checker, which runs one execution after the other over one small pool.</summary>
public sealed unsafe partial class PhysicalMemory
{
    /// <summary>Brings the pool back to the state in which it was made, poison aside. No frame and no table is in use.</summary>
    internal void Reset()
    {
        for (int stripe = 0; stripe < StripeCount; stripe++)
        {
            _stripes[stripe].Count = 0;
        }

        Frames.Reset(_neverUsed);
        Tables.Reset();
        Reclaim?.Reset();
        Merging.Clear();
        Swap.Reset();
        Spaces.Clear();
        _freeCount = 0;
        _neverUsed = 1;
        _spaces = 0;
        _objects = 0;
    }

    /// <summary>As <see cref="Reset"/>, where the last execution was given up in the middle: nobody uses its frames and tables again.</summary>
    internal void GiveUp()
    {
        Tables.GiveUp();
        Reset();
    }

    /// <summary>A free frame whose poison somebody has written over, or null. Nobody else uses the pool meanwhile.</summary>
    internal FrameNumber? FindWrittenFreeFrame()
    {
        for (long number = 1; _freed == FreedFrames.Poisoned && number < _neverUsed; number++)
        {
            FrameNumber frame = new((ulong)number);
            bool wasFreed = Frames.References(frame) == 0 && Frames.Generation(frame) > 0;
            if (wasFreed && Bytes(frame).ContainsAnyExcept(PoisonByte))
            {
                return frame;
            }
        }

        return null;
    }
}
