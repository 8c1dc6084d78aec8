using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>Files that are torn, corrupt or foreign: refused in one line with the offset, or a bus error for the page alone.</summary>
public sealed partial class BrokenFileTests : SnapshotTest
{
    private const int Stored = 3;

    /// <summary>Where the bytes of pages lie.</summary>
    private static readonly Range PageBytes = SnapshotFormat.HeaderBytes..(SnapshotFormat.HeaderBytes + (Stored * Page.SizeBytes));

    private byte[] SaveSmall(int stored = Stored)
    {
        Map(0, 4);
        Map(8, 2, AccessRights.Read);
        for (int page = 0; page < stored; page++)
        {
            Store((ulong)page, (byte)(page + 1));
        }

        Assert.Equal(stored, Save().StoredPages);
        return System.IO.File.ReadAllBytes(File);
    }

    private SnapshotFormatException Refused(ReadOnlySpan<byte> bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        SnapshotFormatException refused = Assert.Throws<SnapshotFormatException>(() => Snapshot.Open(File).Dispose());
        Assert.Matches(OneLine(), refused.Message);
        Assert.StartsWith(File, refused.Message, StringComparison.Ordinal);
        Assert.InRange(refused.Offset, 0, bytes.Length);
        return refused;
    }

    [Fact]
    public void A_file_that_is_cut_off_at_any_byte_is_refused()
    {
        long whole = SaveSmall(stored: 1).Length;
        using FileStream file = new(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        for (long length = whole - 1; length >= 0; length--)
        {
            file.SetLength(length);
            SnapshotFormatException refused = Assert.Throws<SnapshotFormatException>(() => Snapshot.Open(File).Dispose());
            Assert.Equal(length, refused.Offset);
            Assert.EndsWith(length == 0 ? "another kind of file" : "torn", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_bit_that_is_flipped_anywhere_but_in_a_page_is_refused()
    {
        byte[] whole = SaveSmall(stored: 1);
        using FileStream file = new(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        for (int at = 0; at < whole.Length; at++)
        {
            at = at == PageBytes.Start.Value ? at + Page.SizeBytes : at;
            Put(file, at, (byte)(whole[at] ^ (1 << (at % 8))));
            SnapshotFormatException refused = Assert.Throws<SnapshotFormatException>(() => Snapshot.Open(File).Dispose());
            Assert.InRange(refused.Offset, 0, whole.Length);
            Put(file, at, whole[at]);
        }

        Open();

        static void Put(FileStream file, int at, byte value)
        {
            file.Position = at;
            file.WriteByte(value);
        }
    }

    [Fact]
    public void A_bit_that_is_flipped_in_a_page_is_a_bus_error_for_that_page_alone()
    {
        byte[] whole = SaveSmall();
        for (int at = PageBytes.Start.Value; at < PageBytes.End.Value; at += 509)
        {
            int slot = (at - PageBytes.Start.Value) / Page.SizeBytes;
            whole[at] ^= (byte)(1 << (at % 8));
            System.IO.File.WriteAllBytes(File, whole);
            whole[at] ^= (byte)(1 << (at % 8));
            using PhysicalMemory memory = new(64);
            using Snapshot snapshot = Snapshot.Open(File);
            using AddressSpace loaded = snapshot.Load(memory);
            for (int page = 0; page < Stored; page++)
            {
                FaultResult expected = page == slot ? FaultResult.BusError : FaultResult.Success;
                Assert.Equal(expected, loaded.Access(At((ulong)page), AccessRights.Read).Result);
                Assert.True(page == slot || Load(loaded, (ulong)page) == page + 1);
            }

            string problem = Assert.Single(snapshot.Verify(cancellationToken: TestContext.Current.CancellationToken));
            Assert.StartsWith($"{File}: at byte {SnapshotFormat.OffsetOfSlot(slot)}: expected a page with the checksum", problem, StringComparison.Ordinal);
            Assert.Contains(memory.SwapFailures, failure => failure.ToString().Contains($"at byte {SnapshotFormat.OffsetOfSlot(slot)}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_sound_file_has_no_problems()
    {
        SaveSmall();
        Assert.Empty(Open().Verify(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Pages_that_changed_places_are_noticed()
    {
        byte[] whole = SaveSmall();
        Span<byte> first = whole.AsSpan(SnapshotFormat.HeaderBytes, Page.SizeBytes);
        Span<byte> second = whole.AsSpan(SnapshotFormat.HeaderBytes + Page.SizeBytes, Page.SizeBytes);
        byte[] kept = first.ToArray();
        second.CopyTo(first);
        kept.CopyTo(second);
        System.IO.File.WriteAllBytes(File, whole);
        Assert.Equal(2, Open().Verify(cancellationToken: TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void A_foreign_file_and_another_version_are_refused_for_what_they_are()
    {
        byte[] whole = SaveSmall();
        Assert.Contains("another kind of file", Refused("#!/bin/sh\necho this is no snapshot\n"u8).Message, StringComparison.Ordinal);
        Assert.Contains("another kind of file", Refused(new byte[1 << 16]).Message, StringComparison.Ordinal);

        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(8), 2);
        SnapshotEncoder.Seal(whole.AsSpan(0, SnapshotFormat.HeaderBytes));
        SnapshotFormatException refused = Refused(whole);
        Assert.Equal(8, refused.Offset);
        Assert.EndsWith("expected version 1, found 0x2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_another_snapshot_is_refused()
    {
        byte[] whole = SaveSmall();
        Save();
        byte[] other = System.IO.File.ReadAllBytes(File);
        Assert.Equal(whole.Length, other.Length);
        other.AsSpan(PageBytes.End.Value).CopyTo(whole.AsSpan(PageBytes.End.Value));
        Assert.Contains("another snapshot", Refused(whole).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_the_end_are_refused() => Assert.Contains("torn", Refused([.. SaveSmall(), 0]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_truncated_or_closed_later_is_a_bus_error_for_what_did_not_come_in()
    {
        SaveSmall();
        PhysicalMemory memory = Hold(new PhysicalMemory(64, FreedFrames.KeepBytes, new ReclaimOptions { ReadAheadPages = 1 }));
        using Snapshot snapshot = Snapshot.Open(File);
        AddressSpace loaded = Hold(snapshot.Load(memory));
        Assert.Equal(1, Load(loaded, 0));
        using (FileStream file = new(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.SetLength(SnapshotFormat.HeaderBytes + (2 * Page.SizeBytes) + 100);
        }

        Assert.Equal(FaultResult.BusError, loaded.Access(At(2), AccessRights.Read).Result);
        snapshot.Dispose();
        Assert.Equal(FaultResult.BusError, loaded.Access(At(1), AccessRights.Read).Result);
        Assert.Equal(1, Load(loaded, 0));
        Assert.Throws<ObjectDisposedException>(() => snapshot.Load(memory));
    }

    [GeneratedRegex(@"^[^\n]+: at byte \d+: [^\n]+$")]
    private static partial Regex OneLine();
}
