using System.Diagnostics;
using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>Where one device thread marks its sections of accesses: no translation that it uses in one goes away before the end of it.</summary>
internal sealed unsafe class AccessGate
{
    private readonly AccessGates _gates;

    /// <summary>Keeps <see cref="_words"/> alive and in place.</summary>
    private readonly byte[] _memory;
    private readonly SectionWords* _words;

    internal AccessGate(AccessGates gates)
    {
        _gates = gates;
        _memory = GC.AllocateArray<byte>(3 * SectionWords.SpacingBytes, pinned: true);

        // SAFETY: the array is pinned for its life, which is this object's; one spacing of slack lies on either side.
        nint start = (nint)Unsafe.AsPointer(ref _memory[0]);
        _words = (SectionWords*)((start + (2 * SectionWords.SpacingBytes) - 1) & ~(nint)(SectionWords.SpacingBytes - 1));
    }

    /// <summary>For the invalidator.</summary>
    internal ref SectionWords Words => ref *_words;

    /// <summary>Enters a section; dispose it soon. It must not nest, block, fault, or change the address space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal AccessScope Enter()
    {
        Debug.Assert(!_words->IsInside, "Sections of one device do not nest.");
        _words->Enter();
        if (_words->MustFence)
        {
            FenceOnEntry();
        }

        return new AccessScope(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => _words->Exit();

    private void FenceOnEntry()
    {
        if (_words->CountFenced())
        {
            _words->Exit();
            _gates.TryStopFencing(this);
            _words->Enter();
        }

        Shared.Fence();
    }
}
