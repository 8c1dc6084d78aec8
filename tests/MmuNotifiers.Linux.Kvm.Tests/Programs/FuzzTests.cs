using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Linux.Kvm.Programs.Files;
using MmuNotifiers.Linux.Kvm.Programs.Loading;
using MmuNotifiers.Linux.Kvm.Programs.Memory;
using MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

namespace MmuNotifiers.Linux.Kvm.Tests.Programs;

/// <summary>Whatever a file or a program says, the monitor answers and goes on. Without a guest: what is tested is what reads the program's words.</summary>
public sealed class FuzzTests
{
    private const int MemoryPages = 512;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_mutated_program_is_loaded_or_refused_with_a_reason(int seed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory is mapped with mmap(2)");
        Random random = new(seed);
        int loaded = 0;
        int refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] file = Mutate(TinyProgram.Build(new byte[random.Next(0, 9000)]), random);
            ElfImage? image = ElfImage.TryParse(file, out string? problem);
            Assert.NotEqual(image is null, problem is null);
            if (image is null)
            {
                refused++;
                Assert.DoesNotContain('\n', problem!);
                continue;
            }

            using PlainGuestMemory memory = new(MemoryPages);
            using GuestFirmware firmware = new(default, 64);
            GuestAddressSpace space = new(firmware.PageTables, memory, new GuestPhysicalAddress(1 << 30));
            VirtualAddress stack = ProgramLoader.TryLoad(space, image, top => Stack(top, image), out problem);
            Assert.Equal(problem is not null, stack == VirtualAddress.Zero);
            loaded += problem is null ? 1 : 0;
        }

        Assert.True(loaded > 100 && refused > 100, $"{loaded} loaded, {refused} refused");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_system_calls_are_answered(int seed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory is mapped with mmap(2)");
        Random random = new(seed);
        string directory = Directory.CreateTempSubdirectory("mmun-fuzz-").FullName;
        File.WriteAllText(Path.Combine(directory, "a"), new string('x', 10_000));
        try
        {
            using PlainGuestMemory memory = new(MemoryPages);
            using GuestFirmware firmware = new(default, 256);
            GuestAddressSpace space = new(firmware.PageTables, memory, new GuestPhysicalAddress(1 << 30));
            using GuestRoot root = new(directory, "/");
            ProgramSetting setting = new(Identity, "/bin/x", new MemoryStream(new byte[1000]), Stream.Null, Stream.Null);
            using CancellationTokenSource noWaits = new();
            noWaits.Cancel();
            using SystemCallService calls = new(space, root, setting, new VirtualAddress(0x60_0000), noWaits.Token);
            VirtualAddress data = new(0x50_0000);
            Assert.Equal(0, space.Map(AddressRange.FromPages(data, 16), AccessRights.ReadWrite));
            Assert.True(space.TryWrite(data, "/a\0"u8));
            long served = 0;
            for (int round = 0; round < 30_000; round++)
            {
                ulong number = random.Next(20) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(460);
                SystemCallArguments arguments = new(Word(random), Word(random), Word(random), Word(random), Word(random), Word(random));
                long answer = calls.Serve(number, arguments);
                Assert.True(answer >= -4095, $"call {number} answered {answer}");
                served += answer >= 0 ? 1 : 0;
            }

            Assert.True(served > 1000, $"{served} calls did something");
            Assert.Equal(30_000, calls.Counts.Total);
            Assert.Equal(new string('x', 10_000), File.ReadAllText(Path.Combine(directory, "a")));
            Assert.Single(Directory.GetFileSystemEntries(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ProgramIdentity Identity => new(1000, 1000, 0, new byte[16]);

    private static ProgramStack? Stack(VirtualAddress top, ElfImage image) =>
        ProgramStack.TryBuild(top, image, "/x", ["x", "y"], ["A=1"], Identity);

    private static ulong Word(Random random) => random.Next(9) switch
    {
        0 => 0,
        1 => (ulong)random.Next(8),
        2 => (ulong)random.Next(1 << 16),
        3 => 0x50_0000 + (ulong)random.Next(0x1_0000),
        4 => (0x50_0000 + (ulong)random.Next(0x10_0000)) & ~Page.OffsetMask,
        5 => 0x60_0000 + (ulong)random.Next(0x10_0000),
        6 => (ulong)random.Next(64) << Page.Shift,
        7 => unchecked((ulong)-(long)random.Next(200)),
        _ => (ulong)random.NextInt64() << random.Next(2),
    };

    private static byte[] Mutate(byte[] file, Random random)
    {
        for (int change = random.Next(4); change > 0; change--)
        {
            int at = random.Next(Math.Min(file.Length, TinyProgram.HeaderBytes));
            file[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => 0xff,
                _ => (byte)(file[at] ^ (1 << random.Next(8))),
            };
        }

        return random.Next(10) == 0 ? file[..random.Next(file.Length + 1)] : file;
    }
}
