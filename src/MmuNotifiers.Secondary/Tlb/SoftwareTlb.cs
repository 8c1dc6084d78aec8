using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Secondary;

/// <summary>
/// The software TLB of one virtual CPU: what an emulator looks every guest access up in. Direct mapped; a hit is a handful of
/// instructions without a fence or a call. Got from <see cref="TlbDomain.AddCpu"/>; used by one thread at a time.
/// </summary>
/// <remarks>
/// The methods that take an address are sections of their own: they fault as needed, once for each page. For many
/// accesses take a section by <see cref="Enter"/>, and on a miss leave it, call <see cref="Fault"/> and enter again:
/// <code>
///   while (i &lt; count)
///   {
///       using (TlbSection section = tlb.Enter())
///       {
///           while (i &lt; count &amp;&amp; section.TryRead(at + (ulong)i * 8, out long value)) { sum += value; i++; }
///       }
///
///       if (i &lt; count &amp;&amp; tlb.Fault(at + (ulong)i * 8, AccessRights.Read) != FaultResult.Success) { break; }
///   }
/// </code>
/// </remarks>
public sealed unsafe partial class SoftwareTlb : ISecondaryDevice
{
    private readonly TlbDomain _domain;

    /// <summary>Keeps the words behind <see cref="_header"/> alive and in place.</summary>
    private readonly ulong[] _memory;
    private readonly TlbHeader* _header;
    private readonly ulong _indexMask;

    internal SoftwareTlb(TlbDomain domain, int entries)
    {
        Debug.Assert(int.IsPow2(entries), "The index is masked.");
        _domain = domain;
        _indexMask = (ulong)(entries - 1) * (ulong)sizeof(TlbEntry);
        int lengthBytes = sizeof(TlbHeader) + (entries * sizeof(TlbEntry));
        _memory = GC.AllocateArray<ulong>((lengthBytes + (2 * SectionWords.SpacingBytes)) / sizeof(ulong), pinned: true);

        // SAFETY: the array is pinned for its life, which is this object's; aligning up stays within the slack allocated for it.
        nint start = (nint)Unsafe.AsPointer(ref _memory[0]);
        _header = (TlbHeader*)((start + SectionWords.SpacingBytes - 1) & ~(nint)(SectionWords.SpacingBytes - 1));
        _header->Generation = 1;
        _header->Salt = Salt(_header->Generation);
    }

    /// <summary>How many entries the TLB has.</summary>
    public int Entries => (int)(_indexMask / (ulong)sizeof(TlbEntry)) + 1;

    /// <summary>Enters a section of accesses; dispose it soon. Not while another section of this CPU is open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TlbSection Enter()
    {
        // SAFETY: the header lies in _memory.
        Debug.Assert(!_header->Sections.IsInside, "Sections of one CPU do not nest.");
        _header->Sections.Enter();
        if (_header->Sections.MustFence)
        {
            FenceOnEntry();
        }

        return new TlbSection(this, _header, _indexMask);
    }

    /// <summary>Reads a value at any address.</summary>
    /// <returns>Success, or why the first page that failed did; see <see cref="ISecondaryDevice.Read"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultResult Read<T>(VirtualAddress address, out T value)
        where T : unmanaged
    {
        // Without a try block, which would keep this from being inlined: nothing in the section throws.
        TlbSection section = Enter();
        bool hit = section.TryRead(address, out value);
        section.Dispose();
        return hit ? FaultResult.Success : ReadSlow(address, out value);
    }

    /// <summary>Writes a value at any address.</summary>
    /// <returns>Success, or why the first page that failed did; see <see cref="ISecondaryDevice.Write"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultResult Write<T>(VirtualAddress address, T value)
        where T : unmanaged
    {
        TlbSection section = Enter();
        bool hit = section.TryWrite(address, value);
        section.Dispose();
        return hit ? FaultResult.Success : WriteSlow(address, value);
    }

    /// <inheritdoc/>
    public FaultResult Read(VirtualAddress address, Span<byte> destination) =>
        PagewiseAccess.Read(new Pages(this), address, destination);

    /// <inheritdoc/>
    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source) =>
        PagewiseAccess.Write(new Pages(this), address, source);

    /// <summary>Compares and exchanges a number atomically with respect to every other thread that does so.</summary>
    /// <param name="address">A multiple of four.</param>
    /// <param name="value">What to store.</param>
    /// <param name="comparand">What must be there.</param>
    /// <param name="original">What was there.</param>
    /// <exception cref="ArgumentException">The address is not a multiple of four.</exception>
    public FaultResult CompareExchange(VirtualAddress address, int value, int comparand, out int original)
    {
        if ((address.Value & 3) != 0)
        {
            throw new ArgumentException($"An exchange needs an address that is a multiple of 4: {address}.", nameof(address));
        }

        while (true)
        {
            bool hit;
            using (TlbSection section = Enter())
            {
                hit = section.TryCompareExchange(address, value, comparand, out original);
            }

            if (hit)
            {
                return FaultResult.Success;
            }

            if (Fault(address, AccessRights.ReadWrite) is var result and not FaultResult.Success)
            {
                return result;
            }
        }
    }

    private int ReadPage(VirtualAddress address, Span<byte> destination)
    {
        using TlbSection section = Enter();
        if (!section.TryGetReadSpan(address, out ReadOnlySpan<byte> page))
        {
            return 0;
        }

        int length = Math.Min(page.Length, destination.Length);
        page[..length].CopyTo(destination);
        return length;
    }

    private int WritePage(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        using TlbSection section = Enter();
        if (!section.TryGetWriteSpan(address, out Span<byte> page))
        {
            return 0;
        }

        int length = Math.Min(page.Length, source.Length);
        source[..length].CopyTo(page);
        return length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FaultResult ReadSlow<T>(VirtualAddress address, out T value)
        where T : unmanaged
    {
        value = default;
        return Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FaultResult WriteSlow<T>(VirtualAddress address, T value)
        where T : unmanaged => Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private readonly struct Pages(SoftwareTlb cpu) : IPagewiseDevice<VirtualAddress>
    {
        public static VirtualAddress Add(VirtualAddress address, int bytes) => address + (ulong)bytes;

        public int ReadPage(VirtualAddress address, Span<byte> destination) => cpu.ReadPage(address, destination);

        public int WritePage(VirtualAddress address, ReadOnlySpan<byte> source) => cpu.WritePage(address, source);

        public FaultResult Fault(VirtualAddress address, AccessRights access) => cpu.Fault(address, access);
    }
}
