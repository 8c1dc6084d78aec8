using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>A store that its thread has made and the others do not see yet.</summary>
/// <remarks>
/// While the thread runs, memory holds what the thread sees, so that its loads find its own stores without being asked; while
/// another runs, memory holds what everybody sees. The store keeps whichever of the two values is not in memory.
/// </remarks>
internal struct BufferedStore
{
    /// <summary>The lock that becomes free when the store becomes visible, or null for a store of a value.</summary>
    internal LockState? Released;

    /// <summary>Where, and how many bytes; see <see cref="Operation"/>.</summary>
    internal Operation Operation;

    /// <summary>The step that put it into the buffer.</summary>
    internal int Step;

    private ulong _bits;
    private object? _reference;

    /// <summary>Remembers what is in memory.</summary>
    internal void Save()
    {
        if (Released is not null)
        {
            return;
        }

        ref byte at = ref SharedLocation.At(Operation.Owner, Operation.Location);
        switch (Operation.SizeBytes)
        {
            case 0:
                _reference = Unsafe.As<byte, object?>(ref at);
                break;
            case 1:
                _bits = at;
                break;
            case 2:
                _bits = Unsafe.As<byte, ushort>(ref at);
                break;
            case 4:
                _bits = Unsafe.As<byte, uint>(ref at);
                break;
            default:
                _bits = Unsafe.As<byte, ulong>(ref at);
                break;
        }
    }

    /// <summary>Puts into memory what is remembered, and remembers what was there.</summary>
    internal void Swap()
    {
        if (Released is not null)
        {
            return;
        }

        (ulong bits, object? reference) = (_bits, _reference);
        Save();
        ref byte at = ref SharedLocation.At(Operation.Owner, Operation.Location);
        switch (Operation.SizeBytes)
        {
            case 0:
                Unsafe.As<byte, object?>(ref at) = reference;
                break;
            case 1:
                at = (byte)bits;
                break;
            case 2:
                Unsafe.As<byte, ushort>(ref at) = (ushort)bits;
                break;
            case 4:
                Unsafe.As<byte, uint>(ref at) = (uint)bits;
                break;
            default:
                Unsafe.As<byte, ulong>(ref at) = bits;
                break;
        }
    }
}
