using System.Runtime.CompilerServices;

namespace MmuNotifiers.Secondary;

/// <summary>
/// A run of accesses in one section that remembers the last page: while the next access stays in it, neither index nor entry is
/// looked at, only whether a shootdown wants the CPU. Keep it in a local of a method without a try block, for loads only or
/// for stores only.
/// </summary>
/// <remarks>
/// What it remembers stays true for as long as the section: whoever takes the entry away waits for the end of it. No more than
/// four fields, which is what the JIT keeps in registers.
/// </remarks>
public unsafe ref struct TlbCursor
{
    private readonly TlbHeader* _header;
    private readonly ulong _indexMask;

    /// <summary>The key of accesses to the page that was last hit; 0, which no access has, before the first.</summary>
    private ulong _key;
    private nint _addend;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TlbCursor(TlbHeader* header, ulong indexMask)
    {
        _header = header;
        _indexMask = indexMask;
    }

    /// <summary>As <see cref="TlbSection.TryRead"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(VirtualAddress address, out T value)
        where T : unmanaged
    {
        ulong key = TlbSection.KeyOf(_header, address, sizeof(T), AccessRights.Read);
        if (key != _key)
        {
            if (!TlbSection.TryFind(_header, _indexMask, address, key, AccessRights.Read, out nint addend))
            {
                value = default;
                return false;
            }

            _key = key;
            _addend = addend;
        }

        value = FrameBytes.Load<T>((nint)address.Value + _addend);
        return true;
    }

    /// <summary>As <see cref="TlbSection.TryWrite"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(VirtualAddress address, T value)
        where T : unmanaged
    {
        ulong key = TlbSection.KeyOf(_header, address, sizeof(T), AccessRights.Write);
        if (key != _key)
        {
            if (!TlbSection.TryFind(_header, _indexMask, address, key, AccessRights.Write, out nint addend))
            {
                return false;
            }

            _key = key;
            _addend = addend;
        }

        FrameBytes.Store((nint)address.Value + _addend, value);
        return true;
    }
}
