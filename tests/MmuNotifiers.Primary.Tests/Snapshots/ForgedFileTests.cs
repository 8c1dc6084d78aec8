using System.Buffers.Binary;
using CsCheck;
using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>Files that somebody changed: at random, or with every checksum made right again, as a bug in a writer or an attacker would.</summary>
public sealed class ForgedFileTests : SnapshotTest
{
    private const int Iterations = 3000;

    private static readonly Gen<(double At, byte Value)[]> Changes = Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 6];

    [Fact]
    public void Random_bytes_and_cuts_never_crash_and_never_show_wrong_bytes()
    {
        byte[] whole = SaveAll();
        Gen.Select(Changes, Gen.Double[0, 1.2]).Sample(
            (changes, cut) =>
            {
                byte[] bytes = [.. whole];
                foreach ((double at, byte value) in changes)
                {
                    bytes[(int)(at * (bytes.Length - 1))] = value;
                }

                Judge(bytes.AsSpan(0, (int)Math.Min(cut * bytes.Length, bytes.Length)), mayDiffer: false);
            },
            iter: Iterations,
            threads: 1);
    }

    [Fact]
    public void Sections_with_wrong_numbers_and_right_checksums_are_refused_or_make_a_sound_address_space()
    {
        byte[] whole = SaveAll();
        int tail = SnapshotFormat.HeaderBytes + (int)(BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(whole.Length - 32)) << Page.Shift);
        int refused = 0;
        Changes.Sample(
            changes =>
            {
                byte[] bytes = [.. whole];
                foreach ((double at, byte value) in changes)
                {
                    bytes[tail + (int)(at * (bytes.Length - tail - 1))] = value;
                }

                Reseal(bytes);
                refused += Judge(bytes, mayDiffer: true) ? 0 : 1;
            },
            iter: Iterations,
            threads: 1);
        Assert.InRange(refused, Iterations / 2, Iterations);
    }

    /// <summary>An address space with something of everything.</summary>
    private byte[] SaveAll()
    {
        using SharedMemoryObject shared = new(Memory, Bytes(4));
        ObjectHandle handle = new(shared, AccessRights.ReadWrite);
        Map(0, 8);
        Map(12, 2, AccessRights.Read);
        MapObject(16, 4, handle, MapFlags.Shared);
        MapObject(24, 4, handle, MapFlags.Private);
        Space.SetHeapEnd(Spaces.At(0x1002));
        for (ulong page = 0; page < 5; page++)
        {
            Store(page, (byte)(page + 1));
        }

        Store(17, 20);
        Store(26, 30);
        Space.Advise(At(6), Bytes(1), Advice.GuardInstall);
        Space.RemapPages(At(18), Bytes(1), objectPageOffset: 0);
        Space.ClearSoftDirty(AddressRange.FromPages(At(0), 4));
        Save();
        return System.IO.File.ReadAllBytes(File);
    }

    /// <summary>Opens and loads what may be anything.</summary>
    /// <returns>False if it was refused.</returns>
    private bool Judge(ReadOnlySpan<byte> bytes, bool mayDiffer)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        using PhysicalMemory memory = new(128, FreedFrames.Poisoned);
        try
        {
            using Snapshot snapshot = Snapshot.Open(File);
            using AddressSpace loaded = snapshot.Load(memory);
            loaded.AssertInvariants();
            byte[] one = new byte[1];
            foreach (AreaInfo area in loaded.Layout())
            {
                FaultResult result = loaded.Read(area.Range.Start, one).Result;
                Assert.NotEqual(FaultResult.OutOfMemory, result);
            }

            for (ulong page = 0; !mayDiffer && page < 5; page++)
            {
                FaultResult result = loaded.Read(At(page), one).Result;
                Assert.True(result == FaultResult.BusError || one[0] == page + 1, $"page {page}: {result}, {one[0]}");
            }

            loaded.AssertInvariants();
            return true;
        }
        catch (SnapshotException refused)
        {
            Assert.StartsWith(refused is SnapshotFormatException ? File : string.Empty, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
            return false;
        }
    }

    /// <summary>Makes the checksums of sections, directory and footer right again, where they can be found.</summary>
    private static void Reseal(byte[] bytes)
    {
        Span<byte> footer = bytes.AsSpan(bytes.Length - SnapshotFormat.FooterBytes);
        long directoryStart = BinaryPrimitives.ReadInt64LittleEndian(footer[40..]);
        int entries = BinaryPrimitives.ReadInt32LittleEndian(footer[48..]);
        if (directoryStart > 0 && entries is > 0 and < 100 && directoryStart + (entries * SnapshotFormat.DirectoryEntryBytes) <= bytes.Length)
        {
            Span<byte> directory = bytes.AsSpan((int)directoryStart, entries * SnapshotFormat.DirectoryEntryBytes);
            for (int entry = 0; entry < entries; entry++)
            {
                Span<byte> section = directory.Slice(entry * SnapshotFormat.DirectoryEntryBytes, SnapshotFormat.DirectoryEntryBytes);
                ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(section[8..]);
                ulong length = BinaryPrimitives.ReadUInt64LittleEndian(section[16..]);
                if (offset < (ulong)bytes.Length && length <= (ulong)bytes.Length - offset)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(section[4..], PageChecksum.Of(bytes.AsSpan((int)offset, (int)length)));
                }
            }

            BinaryPrimitives.WriteUInt32LittleEndian(footer[52..], PageChecksum.Of(directory));
        }

        SnapshotEncoder.Seal(footer);
    }
}
