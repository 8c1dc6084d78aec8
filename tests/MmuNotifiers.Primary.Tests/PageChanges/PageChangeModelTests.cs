using CsCheck;
using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageChanges;

/// <summary>
/// What moves, merges and tracks pages, mixed with ordinary calls and forks, against arrays of bytes: contents and rights are kept,
/// every store since the last clearing is known, no frame is lost.
/// </summary>
public sealed class PageChangeModelTests
{
    private const ulong HugePage = 512;
    private const ulong First = 2 * HugePage;
    private const ulong Window = 24;

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Int[0, 16], Gen.Int[0, 2], Gen.ULong[0, Window - 1], Gen.ULong[1, 6], Gen.ULong[0, Window - 7], Gen.Byte[0, 3],
        static (kind, process, page, pages, to, value) => new Step(kind, process, page, Math.Min(pages, Window - page), to, value)).Array[1, 60];

    [Fact]
    public void Contents_rights_and_soft_dirty_pages_are_those_of_the_model_and_no_frame_is_lost() => Steps.Sample(Run, iter: 300);

    private static void Run(Step[] steps)
    {
        using PhysicalMemory memory = new(16384, FreedFrames.Poisoned);
        List<Process> processes = [Process.Create(memory)];
        foreach (Step step in steps)
        {
            Process process = processes[step.Process % processes.Count];
            if (step.Kind == 0 && processes.Count < 3)
            {
                processes.Add(process.Fork());
            }
            else
            {
                process.Perform(step);
            }

        }

        processes.ForEach(static process => process.AssertSame());
        processes.ForEach(static process => process.Space.Dispose());
        Assert.Equal(1, memory.FramesInUse);
    }

    private sealed record Step(int Kind, int Process, ulong Page, ulong Pages, ulong To, byte Value);

    /// <summary>An address space and what it must show: a value, a right to write and soft-dirtiness for each page of the window.</summary>
    private sealed class Process(AddressSpace space, byte[] values, bool[] isWritable, bool[] isDirty)
    {
        /// <summary>Which pages a device has for itself: they count as written until somebody takes them back.</summary>
        private readonly bool[] _isDevices = new bool[Window];

        internal AddressSpace Space => space;

        internal static Process Create(PhysicalMemory memory)
        {
            AddressSpace space = new(memory);
            AddressRange range = space.MapPrivate(First, HugePage);
            Assert.Equal(Errno.None, space.Advise(range.Start, range.LengthBytes, Advice.Mergeable));
            bool[] all = new bool[Window];
            Array.Fill(all, true);
            return new Process(space, new byte[Window], all, [.. all]);
        }

        internal Process Fork()
        {
            Array.Clear(_isDevices);
            return new Process(space.Fork()!, [.. values], [.. isWritable], [.. isDirty]);
        }

        internal void Perform(Step step)
        {
            AddressRange range = Pages(First + step.Page, step.Pages);
            switch (step.Kind)
            {
                case <= 4:
                    Store(step.Page, step.Value);
                    break;
                case 5:
                    Protect(range, step);
                    break;
                case 6:
                    Assert.Equal(Errno.None, space.Advise(range.Start, range.LengthBytes, Advice.DontNeed));
                    Set(step, values, (byte)0);
                    Set(step, isDirty, true);
                    Set(step, _isDevices, false);
                    break;
                case 7:
                    space.ClearSoftDirty(range);
                    _isDevices.AsSpan((int)step.Page, (int)step.Pages).CopyTo(isDirty.AsSpan((int)step.Page));
                    break;
                case 8 or 9:
                    space.MergeEqualPages(range);
                    break;
                case 10 or 11:
                    space.Migrate(range);
                    break;
                case 12 or 13:
                    if (space.Advise(At(First), HugePage * Page.SizeBytes, Advice.Collapse) == Errno.None)
                    {
                        Array.Fill(isDirty, true);
                    }

                    break;
                case 14 or 15:
                    int given = space.MakeExclusive(range, this, new FrameNumber[range.Pages]).Pages;
                    Array.Fill(isDirty, true, (int)step.Page, given);
                    Array.Fill(_isDevices, true, (int)step.Page, given);
                    break;
                default:
                    Move(range, step);
                    break;
            }
        }

        internal void AssertSame()
        {
            space.AssertInvariants();
            HashSet<ulong> dirty = [];
            foreach (AddressRange range in space.SoftDirtyPages(Pages(First, Window)))
            {
                for (ulong page = range.Start.PageNumber; page < range.End.PageNumber; page++)
                {
                    dirty.Add(page - First);
                }
            }

            for (ulong page = 0; page < Window; page++)
            {
                Assert.Equal(values[page], space.Load(First + page));
                Assert.Equal(isDirty[page], dirty.Contains(page));
            }
        }

        private void Store(ulong page, byte value)
        {
            bool succeeded = space.Write(At(First + page), [value]).Succeeded;
            Assert.Equal(isWritable[page], succeeded);
            if (succeeded)
            {
                values[page] = value;
                isDirty[page] = true;
                _isDevices[page] = false;
            }
        }

        private void Protect(AddressRange range, Step step)
        {
            bool writable = step.Value % 2 == 0;
            Assert.Equal(Errno.None, space.Protect(range.Start, range.LengthBytes, writable ? AccessRights.ReadWrite : AccessRights.Read));
            Set(step, isWritable, writable);
        }

        /// <summary>Exchanges the range with one beyond the window and back, so that it is elsewhere for a moment, then counts as written.</summary>
        private void Move(AddressRange range, Step step)
        {
            VirtualAddress away = At(First + (4 * HugePage) + step.To);
            const MoveFlags Flags = MoveFlags.MayMove | MoveFlags.Fixed;
            Assert.True(space.Move(range.Start, range.LengthBytes, range.LengthBytes, Flags, away).Succeeded);
            space.Migrate(AddressRange.FromLength(away, range.LengthBytes));
            Assert.True(space.Move(away, range.LengthBytes, range.LengthBytes, Flags, range.Start).Succeeded);
            Set(step, isDirty, true);
        }

        private static void Set<T>(Step step, T[] all, T value) => Array.Fill(all, value, (int)step.Page, (int)step.Pages);
    }
}
