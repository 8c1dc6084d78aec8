using System.Runtime.InteropServices;
using CsCheck;

namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>Random reads, writes, resizes and holes against plain bytes.</summary>
public sealed class ObjectModelTests
{
    private const int MaxBytes = 5 * Page.SizeBytes;

    private static readonly Gen<(int Kind, int Offset, int Length)[]> Steps = Gen.Select(
        Gen.Int[0, 5],
        Gen.OneOf(Gen.Int[0, MaxBytes], Gen.Int[0, 5].Select(page => page * Page.SizeBytes)),
        Gen.OneOf(Gen.Int[0, 40], Gen.Int[0, MaxBytes / 2], Gen.Const(Page.SizeBytes))).Array[1, 40];

    [Fact]
    public void Shared_memory_reads_back_what_plain_bytes_would()
    {
        Steps.Sample(
            steps =>
            {
                using PhysicalMemory memory = new(frames: 64, FreedFrames.Poisoned);
                using (SharedMemoryObject target = new(memory, 0))
                {
                    Run(target, [], steps);
                }

                Assert.Equal(1, memory.FramesInUse);
            },
            iter: 500);
    }

    [Fact]
    public void A_file_reads_back_what_plain_bytes_would_and_its_content_has_it_in_the_end()
    {
        Gen.Select(Gen.Byte.Array[0, 2 * Page.SizeBytes], Steps).Sample(
            (start, steps) =>
            {
                using PhysicalMemory memory = new(frames: 64, FreedFrames.Poisoned);
                ByteFileContent content = new(start);
                List<byte> model = [.. start];
                using (FileObject target = new(memory, content))
                {
                    Run(target, model, steps);
                }

                Assert.True(model.SequenceEqual(content.ToArray()));
                Assert.Equal(1, memory.FramesInUse);
            },
            iter: 300);
    }

    private static void Run(MemoryObject target, List<byte> model, (int Kind, int Offset, int Length)[] steps)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            (int kind, int offset, int length) = steps[i];
            switch (kind)
            {
                case 0 or 1:
                    Write(target, model, offset, length, (byte)(i + 1));
                    break;
                case 2:
                    Assert.Equal(Errno.None, target.Resize((ulong)offset));
                    SetLength(model, offset);
                    break;
                case 3:
                    Assert.Equal(length == 0 ? Errno.EINVAL : Errno.None, target.PunchHole((ulong)offset, (ulong)length));
                    Zero(model, offset, length);
                    break;
                case 4 when target is FileObject file:
                    Assert.Equal(Errno.None, file.Sync());
                    break;
                default:
                    Assert.Equal(Errno.None, DropEverythingClean(target));
                    break;
            }

            Assert.Equal((ulong)model.Count, target.SizeBytes);
            byte[] found = new byte[model.Count + 10];
            Assert.Equal(new ObjectTransferResult(Errno.None, model.Count), target.Read(0, found));
            Assert.True(found.AsSpan(0, model.Count).SequenceEqual(CollectionsMarshal.AsSpan(model)), $"Step {i} ({kind}) left other bytes than the model has.");
        }
    }

    private static Errno DropEverythingClean(MemoryObject target)
    {
        Errno error = target.WriteBack(0, 16);
        target.EvictPages(0, 16);
        return error;
    }

    private static void Write(MemoryObject target, List<byte> model, int offset, int length, byte value)
    {
        byte[] bytes = [.. Enumerable.Repeat(value, length)];
        Assert.Equal(new ObjectTransferResult(Errno.None, length), target.Write((ulong)offset, bytes));
        if (length == 0)
        {
            return;
        }

        SetLength(model, Math.Max(model.Count, offset + length));
        for (int i = 0; i < length; i++)
        {
            model[offset + i] = value;
        }
    }

    private static void Zero(List<byte> model, int offset, int length)
    {
        for (int i = offset; i < Math.Min(model.Count, offset + length); i++)
        {
            model[i] = 0;
        }
    }

    private static void SetLength(List<byte> model, int length)
    {
        if (length < model.Count)
        {
            model.RemoveRange(length, model.Count - length);
        }
        else
        {
            model.AddRange(new byte[length - model.Count]);
        }
    }
}
