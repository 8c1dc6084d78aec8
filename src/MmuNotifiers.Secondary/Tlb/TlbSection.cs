using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>
/// A section of accesses of one virtual CPU: while it lasts, no translation that it hit goes away. Got from
/// <see cref="SoftwareTlb.Enter"/>; sections of one CPU do not nest.
/// </summary>
/// <remarks>
/// Invalidators wait for it, so it is short (some 64 accesses, or as long as its look-ups hit) and nothing in it may fault,
/// block, or change the address space. A look-up that fails says: dispose the section, call
/// <see cref="SoftwareTlb.Fault"/>, begin another. That is also how a shootdown gets the CPU's attention.
/// <code>
///   device                            invalidator
///   section = odd
///                                     clear tags, salt = blocked
///   (plain loads and stores)          process-wide barrier
///   look up: hit or miss
///                                     section even? done. odd? wait until it changes
///   section = even
/// </code>
/// Either the look-up comes behind the barrier and sees the cleared tag, or the barrier made the odd section visible.
/// </remarks>
public readonly unsafe ref struct TlbSection
{
    private readonly SoftwareTlb _tlb;
    private readonly TlbHeader* _header;
    private readonly ulong _indexMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TlbSection(SoftwareTlb tlb, TlbHeader* header, ulong indexMask)
    {
        _tlb = tlb;
        _header = header;
        _indexMask = indexMask;
    }

    /// <summary>Reads a value if its page is translated. Misses if the value crosses into another page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(VirtualAddress address, out T value)
        where T : unmanaged
    {
        if (!TryTranslate(address, sizeof(T), AccessRights.Read, out nint host))
        {
            value = default;
            return false;
        }

        value = FrameBytes.Load<T>(host);
        return true;
    }

    /// <summary>Writes a value if its page is translated for stores. Misses if the value crosses into another page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(VirtualAddress address, T value)
        where T : unmanaged
    {
        if (!TryTranslate(address, sizeof(T), AccessRights.Write, out nint host))
        {
            return false;
        }

        FrameBytes.Store(host, value);
        return true;
    }

    /// <summary>The bytes from an address to the end of its page, for reading, if the page is translated.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="bytes">The bytes; they must not be used once the section has ended.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetReadSpan(VirtualAddress address, out ReadOnlySpan<byte> bytes)
    {
        bool hit = TryTranslate(address, 1, AccessRights.Read, out nint host);
        bytes = hit ? FrameBytes.ForReading(host, Page.SizeBytes - address.PageOffset) : default;
        return hit;
    }

    /// <summary>The bytes from an address to the end of its page, for writing, if the page is translated for stores.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="bytes">The bytes; they must not be used once the section has ended.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetWriteSpan(VirtualAddress address, out Span<byte> bytes)
    {
        bool hit = TryTranslate(address, 1, AccessRights.Write, out nint host);
        bytes = hit ? FrameBytes.ForWriting(host, Page.SizeBytes - address.PageOffset) : default;
        return hit;
    }

    /// <summary>Compares and exchanges atomically if the page is translated for stores and the address is a multiple of four.</summary>
    public bool TryCompareExchange(VirtualAddress address, int value, int comparand, out int original)
    {
        original = 0;
        if ((address.Value & 3) != 0 || !TryTranslate(address, sizeof(int), AccessRights.ReadWrite, out nint host))
        {
            return false;
        }

        original = FrameBytes.CompareExchange(host, value, comparand);
        return true;
    }

    /// <summary>Ends the section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        // SAFETY: the header lies in the CPU's pinned memory, which the CPU keeps alive.
        _header->Sections.Exit();
        GC.KeepAlive(_tlb);
    }

    /// <summary>A cursor for accesses of one kind that mostly stay in the page of the one before. It ends with the section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TlbCursor GetCursor() => new(_header, _indexMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTranslate(VirtualAddress address, int lengthBytes, AccessRights access, out nint host)
    {
        ulong key = KeyOf(_header, address, lengthBytes, access);
        bool hit = TryFind(_header, _indexMask, address, key, access, out nint addend);
        host = (nint)address.Value + addend;
        return hit;
    }

    /// <summary>
    /// What the tag of an access's entry must be. Made from the last byte, while the index is made from the first: an access that
    /// crosses pages finds no match.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong KeyOf(TlbHeader* header, VirtualAddress address, int lengthBytes, AccessRights access)
    {
        ulong last = address.Value + (uint)(lengthBytes - 1);

        // SAFETY: the header lies in the CPU's pinned memory, the salt at its start. A reference made from an untyped pointer
        // spares the null check of a typed one; so below.
        ulong salt = Shared.Read(ref Unsafe.AsRef<ulong>((void*)header), step: "Salt");
        return (last & ~Page.OffsetMask) | salt | (ulong)(access & AccessRights.Write);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFind(
        TlbHeader* header, ulong indexMask, VirtualAddress address, ulong key, AccessRights access, out nint addend)
    {
        ulong ignored = TlbEntry.RightsMask & ~(ulong)(access | AccessRights.Read);

        // SAFETY: the entries lie behind the header; the index is masked to their number. The tag is at an entry's start.
        TlbEntry* entry = (TlbEntry*)((byte*)(header + 1) + ((address.Value >> (Page.Shift - 4)) & indexMask));
        ulong tag = Shared.Read(ref Unsafe.AsRef<ulong>((void*)entry), step: "Tag");
        addend = entry->Addend;
        return ((tag ^ key) & ~ignored) == 0;
    }
}
