using System.Collections.Immutable;
using System.Globalization;
using MmuNotifiers.Lab.Replay.Devices;
using MmuNotifiers.Lab.Replay.Model;

namespace MmuNotifiers.Lab.Replay.Oracles;

/// <summary>What must not happen and did. Safe from any thread.</summary>
/// <param name="end">Told of refusals for which there is no memory; those are no violations.</param>
internal sealed class ViolationLog(EarlyEnd end)
{
    private const int Kept = 20;

    private readonly Lock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly List<string> _first = [];
    private long _staleAccesses;
    private long _contentMismatches;
    private long _wrongRefusals;

    /// <summary>Device accesses through translations that the primary no longer has.</summary>
    public long StaleAccesses => Volatile.Read(ref _staleAccesses);

    /// <summary>Wrong values in the right frame.</summary>
    public long ContentMismatches => Volatile.Read(ref _contentMismatches);

    /// <summary>Accesses that were refused although they are allowed.</summary>
    public long WrongRefusals => Volatile.Read(ref _wrongRefusals);

    /// <summary>The first violations in words.</summary>
    public ImmutableArray<string> First
    {
        get
        {
            lock (_lock)
            {
                return [.. _first];
            }
        }
    }

    /// <summary>A device read a word through a stale translation.</summary>
    public void StaleRead(ReplayedSpace space, AttachedSecondary secondary, VirtualAddress address, Word found, Word expected)
    {
        secondary.CountStale();
        Interlocked.Increment(ref _staleAccesses);
        Note($"{Where(space, secondary)} read a stale page at {address}: found {found}, expected {expected}{Why(secondary, address)}");
    }

    /// <summary>A device used a translation that the primary has taken away, or a right of it.</summary>
    public void StaleUse(ReplayedSpace space, AttachedSecondary secondary, VirtualAddress address, string what)
    {
        secondary.CountStale();
        Interlocked.Increment(ref _staleAccesses);
        Note($"{Where(space, secondary)} {what} at {address}{Why(secondary, address)}");
    }

    /// <summary>A device read a wrong value, and so does the program.</summary>
    public void Mismatch(ReplayedSpace space, AttachedSecondary secondary, VirtualAddress address, Word found, Word expected)
    {
        secondary.CountMismatch();
        Interlocked.Increment(ref _contentMismatches);
        Note($"{Where(space, secondary)} read at {address}: found {found}, expected {expected}");
    }

    /// <summary>The program read a wrong value.</summary>
    public void Mismatch(ReplayedSpace space, VirtualAddress address, Word found, Word expected)
    {
        Interlocked.Increment(ref _contentMismatches);
        Note($"process {space.ProcessId} ({space.Program}) read at {address}: found {found}, expected {expected}");
    }

    /// <summary>The page cache has a wrong value in an object.</summary>
    public void Mismatch(string name, ulong offsetBytes, Word found, Word expected)
    {
        Interlocked.Increment(ref _contentMismatches);
        Note($"{name} at offset 0x{offsetBytes:x}: found {found}, expected {expected}");
    }

    /// <summary>Something that was saved is not what it must be.</summary>
    /// <param name="line">What, in one line.</param>
    public void Mismatch(string line)
    {
        Interlocked.Increment(ref _contentMismatches);
        Note(line);
    }

    /// <summary>An access was refused that must not be.</summary>
    public void Refusal(ReplayedSpace space, string who, VirtualAddress address, AccessRights access, FaultResult result)
    {
        if (end.Explains(result, () => $"process {space.ProcessId} ({space.Program}), {access} at {address} by {who}"))
        {
            return;
        }

        Interlocked.Increment(ref _wrongRefusals);
        Note($"process {space.ProcessId} ({space.Program}): {access} at {address} by {who} ended in {result}, but the program may do it");
    }

    private static string Where(ReplayedSpace space, AttachedSecondary secondary) =>
        string.Create(CultureInfo.InvariantCulture, $"process {space.ProcessId} ({space.Program}): {secondary.Mmu.Name}");

    /// <summary>What the attachment knows of the cause.</summary>
    private static string Why(AttachedSecondary secondary, VirtualAddress address) =>
        secondary.Attached?.Explain(address) is { } cause ? $"; {cause}" : string.Empty;

    private void Note(string line)
    {
        lock (_lock)
        {
            if (_first.Count < Kept)
            {
                _first.Add(line);
            }
        }
    }
}
