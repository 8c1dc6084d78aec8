using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>
/// A guest of the kernel's virtual machine monitor: memory slots and processors. Nothing is pinned: the kernel's own MMU notifiers take
/// translations away from the guest when a page of the memory behind a slot goes, and the guest's next access faults it in again, served by whoever
/// serves that memory. All members are safe to call from any thread; disposal is for when no processor runs.
/// </summary>
public sealed unsafe class VirtualMachine : IDisposable
{
    private readonly KvmDevice _device;
    private readonly FileDescriptor _descriptor;
    private readonly Lock _lock = new();

    /// <summary>The slots; guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<uint, MemorySlot> _slots = [];

    /// <summary>The processors, replaced by a longer array under <see cref="_lock"/>; read without it by those who must not block.</summary>
    private volatile VirtualProcessor[] _processors = [];

    internal VirtualMachine(KvmDevice device, FileDescriptor descriptor)
    {
        _device = device;
        _descriptor = descriptor;
    }

    /// <summary>Gives the guest a range of memory.</summary>
    /// <param name="start">Where the guest sees it; page aligned, in no other slot.</param>
    /// <param name="memory">Where it lies. It must outlive the slot.</param>
    /// <param name="range">The part of the memory; page aligned and not empty.</param>
    /// <param name="kind">What the kernel does with it.</param>
    /// <exception cref="ArgumentException">An address is not page aligned, or the range is not in the memory.</exception>
    /// <exception cref="LinuxException">The kernel refuses, EEXIST where slots overlap.</exception>
    public MemorySlot AddSlot(GuestPhysicalAddress start, PagedMemory memory, AddressRange range, MemorySlotKind kind = MemorySlotKind.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return AddSlot(start, new PagedGuestMemory(memory), range, kind);
    }

    /// <summary>Adds a processor, which shows the guest what this host's processors can do.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public VirtualProcessor CreateProcessor()
    {
        lock (_lock)
        {
            FileDescriptor descriptor = FileDescriptor.Own(
                Libc.Control(_descriptor, KvmRequest.CreateProcessor, _processors.Length), "ioctl(KVM_CREATE_VCPU)");
            VirtualProcessor processor = new(descriptor, _processors.Length, _device.RunPageBytes);
            _processors = [.. _processors, processor];
            KvmFeatures features = default;
            _device.ReadFeatures(ref features);
            processor.SetFeatures(ref features);
            return processor;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (MemorySlot slot in _slots.Values.ToArray())
            {
                slot.Dispose();
            }

            foreach (VirtualProcessor processor in _processors)
            {
                processor.Dispose();
            }

            _descriptor.Dispose();
        }
    }

    /// <summary>As the public one, for memory of any kind.</summary>
    internal MemorySlot AddSlot(GuestPhysicalAddress start, IGuestMemory memory, AddressRange range, MemorySlotKind kind = MemorySlotKind.ReadWrite)
    {
        if (!start.IsPageAligned || !range.IsPageAligned || range.IsEmpty || !memory.Range.Contains(range))
        {
            throw new ArgumentException($"A slot at {start} over {range} is not a page-aligned part of {memory.Range}.", nameof(range));
        }

        lock (_lock)
        {
            uint number = 0;
            while (_slots.ContainsKey(number))
            {
                number++;
            }

            MemorySlot slot = new(this, number, start, memory, range, kind);
            SetLocked(slot, range.LengthBytes);
            _slots.Add(number, slot);
            return slot;
        }
    }

    /// <summary>
    /// Takes a slot away and gives it back, so that the kernel forgets what it derived from the guest's page tables: they were edited from
    /// outside, and the kernel sees only edits by the guest. No processor may be running.
    /// </summary>
    internal void ForgetTranslations(MemorySlot slot)
    {
        lock (_lock)
        {
            SetLocked(slot, 0);
            SetLocked(slot, slot.HostRange.LengthBytes);
        }
    }

    /// <summary>Takes all processors out of the guest with <see cref="VirtualProcessorExitKind.LostMemory"/>. Never blocks for long.</summary>
    internal void TellLost(GuestPhysicalAddress page)
    {
        foreach (VirtualProcessor processor in _processors)
        {
            processor.TellLost(page);
        }
    }

    internal void Delete(MemorySlot slot)
    {
        lock (_lock)
        {
            if (_slots.Remove(slot.Number) && !_descriptor.IsClosed)
            {
                SetLocked(slot, 0);
            }
        }
    }

    internal void TakeDirtyPages(MemorySlot slot, Span<ulong> pages)
    {
        if (slot.Kind != MemorySlotKind.LogsDirtyPages)
        {
            throw new InvalidOperationException($"The slot at {slot.Start} was added as {slot.Kind}.");
        }

        int words = (int)((slot.HostRange.Pages + 63) / 64);
        if (pages.Length < words)
        {
            throw new ArgumentException($"{words} words are needed, {pages.Length} are there.", nameof(pages));
        }

        fixed (ulong* bitmap = pages)
        {
            // SAFETY: the kernel writes as many words as the slot has pages / 64, which were checked above.
            KvmDirtyLog log = new() { Slot = slot.Number, Bitmap = bitmap };
            _ = LinuxException.ThrowIfFailed(
                Libc.Control(_descriptor, KvmRequest.GetDirtyLog, &log), "ioctl(KVM_GET_DIRTY_LOG)", slot.HostRange);
        }
    }

    private void SetLocked(MemorySlot slot, ulong lengthBytes)
    {
        KvmMemorySlot region = new()
        {
            Number = slot.Number,
            Flags = slot.Kind switch
            {
                MemorySlotKind.LogsDirtyPages => KvmMemorySlot.LogDirtyPages,
                MemorySlotKind.ReadOnly => KvmMemorySlot.ReadOnly,
                _ => 0,
            },
            GuestAddress = slot.Start.Value,
            LengthBytes = lengthBytes,
            HostAddress = slot.HostRange.Start.Value,
        };

        // SAFETY: a structure of the stack, which the kernel reads.
        int result = Libc.Control(_descriptor, KvmRequest.SetMemorySlot, &region);
        if (result != 0)
        {
            throw new LinuxException("ioctl(KVM_SET_USER_MEMORY_REGION)", Marshal.GetLastPInvokeError(), slot.HostRange);
        }
    }
}
