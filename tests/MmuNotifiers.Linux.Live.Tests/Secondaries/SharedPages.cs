using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Linux.Live.Tests.Secondaries;

/// <summary>
/// Pages that native code and a device store to and load from at the same time: word 0 of each page is native code's, word 1 the device's. Each value is
/// greater than the one before it and is published once it is stored, so that whoever loads less than what was published before is reading stale bytes,
/// and whoever finds less at the end has lost a store.
/// </summary>
internal sealed class SharedPages(AddressRange range)
{
    private const int Pause = 64;

    private readonly long[] _native = new long[range.Pages];
    private readonly long[] _device = new long[range.Pages];
    private long _stale;

    /// <summary>Loads that were older than what had been stored before them.</summary>
    internal long Stale => Interlocked.Read(ref _stale);

    /// <summary>Accesses of native code and of the device.</summary>
    internal long NativeAccesses { get; private set; }

    internal long DeviceAccesses { get; private set; }

    /// <summary>Accesses that a device was refused.</summary>
    internal long Refused { get; private set; }

    /// <summary>Native code's part: until told to end.</summary>
    internal void TouchByNative(int seed, CancellationToken end)
    {
        Random random = new(seed);
        for (long value = 1; !end.IsCancellationRequested; value++)
        {
            StoreByNative(random.Next(_native.Length), value);
            int page = random.Next(_native.Length);
            Expect(Volatile.Read(ref _device[page]), (long)Native.Load64(AddressOf(page) + sizeof(long)));
            NativeAccesses += 2;
        }
    }

    /// <summary>The device's part: so many rounds.</summary>
    internal void TouchByDevice(ISecondaryDevice device, int seed, int rounds)
    {
        Random random = new(seed);
        for (long value = 1; value <= rounds; value++)
        {
            // Some pages again and again, so that the device translates what is evicted behind its back.
            StoreByDevice(device, random.Next(value % Pause < Pause / 2 ? Math.Min(_device.Length, 32) : _device.Length), value);
            LoadByDevice(device, random.Next(_device.Length));
            DeviceAccesses += 2;
        }
    }

    /// <summary>Stores the word of native code.</summary>
    internal void StoreByNative(int page, long value)
    {
        Native.Store64(AddressOf(page), (ulong)value);
        Volatile.Write(ref _native[page], value);
    }

    /// <summary>Loads the word of native code through a device, and looks whether it is stale.</summary>
    internal void LoadByDevice(ISecondaryDevice device, int page)
    {
        Span<long> word = stackalloc long[1];
        long published = Volatile.Read(ref _native[page]);
        if (device.Read(AddressOf(page), MemoryMarshal.AsBytes(word)) == FaultResult.Success)
        {
            Expect(published, word[0]);
        }
        else
        {
            Refused++;
        }
    }

    /// <summary>Compares every page with what was stored last. Nobody stores any more.</summary>
    /// <returns>How many stores were lost.</returns>
    internal int CountLost(PagedMemory memory)
    {
        int lost = 0;
        Span<long> words = stackalloc long[2];
        for (int page = 0; page < _native.Length; page++)
        {
            bool isRead = memory.TryRead(AddressOf(page), MemoryMarshal.AsBytes(words));
            lost += isRead && words[0] == _native[page] ? 0 : 1;
            lost += isRead && words[1] == _device[page] ? 0 : 1;
        }

        return lost;
    }

    private void StoreByDevice(ISecondaryDevice device, int page, long value)
    {
        Span<long> word = [value];
        if (device.Write(AddressOf(page) + sizeof(long), MemoryMarshal.AsBytes(word)) == FaultResult.Success)
        {
            Volatile.Write(ref _device[page], value);
        }
        else
        {
            Refused++;
        }
    }

    private void Expect(long atLeast, long found)
    {
        if (found < atLeast)
        {
            Interlocked.Increment(ref _stale);
        }
    }

    internal VirtualAddress AddressOf(int page) => range.Start + ((ulong)page << Page.Shift);
}
