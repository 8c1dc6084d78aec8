using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>How an engine carries out one transfer after the other. Of the engine's thread.</summary>
internal sealed class DmaTransfer(NetworkCard card)
{
    /// <summary>
    /// So many times in a row both pages may be there after their faults and one gone again at the copy, before the bytes take the way
    /// through the engine's own buffer: in a small TLB the two may push each other out for ever.
    /// </summary>
    private const int MostMisses = 4;

    private readonly CardPort _port = new(card);
    private readonly byte[] _buffer = new byte[Page.SizeBytes];

    /// <summary>Carries a transfer out.</summary>
    /// <param name="request">The transfer.</param>
    /// <param name="stop">Looked at between pages: whether to end.</param>
    /// <param name="stopOwner">The object that <paramref name="stop"/> is part of.</param>
    internal Completion Run(in WorkRequest request, ref readonly bool stop, object stopOwner)
    {
        if (Refuse(in request, request.Source, request.From, AccessRights.Read) is { } noSource)
        {
            return noSource;
        }

        if (Refuse(in request, request.Target, request.To, AccessRights.Write) is { } noTarget)
        {
            return noTarget;
        }

        for (ulong done = 0; done < request.LengthBytes;)
        {
            if (Shared.Read(in stop, stopOwner))
            {
                return new Completion(request.Id, CompletionStatus.Flushed, done);
            }

            int moved = 0;
            for (int misses = 0; moved == 0; misses++)
            {
                if (TryMove(in request, done, isBuffered: misses >= MostMisses, out moved) is { } failure)
                {
                    return failure;
                }
            }

            done += (ulong)moved;
        }

        return new Completion(request.Id, CompletionStatus.Success, request.LengthBytes);
    }

    /// <summary>Moves what lies in one page on either side.</summary>
    /// <returns>Null unless it failed for good; <paramref name="moved"/> may still be 0.</returns>
    private Completion? TryMove(in WorkRequest request, ulong done, bool isBuffered, out int moved)
    {
        VirtualAddress from = request.From + done;
        VirtualAddress to = request.To + done;
        int length = (int)Math.Min(request.LengthBytes - done, (ulong)(Page.SizeBytes - Math.Max(from.PageOffset, to.PageOffset)));
        if (isBuffered)
        {
            return TryMoveBuffered(in request, done, length, out moved);
        }

        moved = _port.Copy(request.Source, from, request.Target, to, length);
        return moved != 0
            ? null
            : TryFault(in request, done, request.Source, from, AccessRights.Read)
                ?? TryFault(in request, done, request.Target, to, AccessRights.Write);
    }

    private Completion? TryMoveBuffered(in WorkRequest request, ulong done, int length, out int moved)
    {
        Span<byte> buffer = _buffer.AsSpan(0, length);
        moved = 0;
        while (_port.Read(request.Source, request.From + done, buffer) == 0)
        {
            if (TryFault(in request, done, request.Source, request.From + done, AccessRights.Read) is { } failure)
            {
                return failure;
            }
        }

        while (moved == 0)
        {
            moved = _port.Write(request.Target, request.To + done, buffer);
            if (moved == 0 && TryFault(in request, done, request.Target, request.To + done, AccessRights.Write) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private Completion? TryFault(in WorkRequest request, ulong done, MemoryRegion region, VirtualAddress address, AccessRights access)
    {
        FaultResult result = _port.Fault(region, address, access);
        if (result == FaultResult.Success)
        {
            return null;
        }

        CompletionStatus status = region.IsClosed ? CompletionStatus.RegionViolation : CompletionStatus.PageFault;
        return new Completion(request.Id, status, done)
        {
            FailedRegion = region,
            FailedAddress = address,
            Fault = region.IsClosed ? FaultResult.Success : result,
        };
    }

    private static Completion? Refuse(in WorkRequest request, MemoryRegion region, VirtualAddress address, AccessRights access)
    {
        bool isInside = address.Value <= ulong.MaxValue - request.LengthBytes
            && region.Permits(AddressRange.FromLength(address, request.LengthBytes), access);
        return isInside
            ? null
            : new Completion(request.Id, CompletionStatus.RegionViolation, 0) { FailedRegion = region, FailedAddress = address };
    }
}
