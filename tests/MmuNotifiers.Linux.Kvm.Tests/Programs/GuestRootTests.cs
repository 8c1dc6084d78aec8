using System.Buffers.Binary;
using System.Text;
using MmuNotifiers.Linux.Kvm.Programs.Files;

namespace MmuNotifiers.Linux.Kvm.Tests.Programs;

/// <summary>No path leads out of a root, and nothing in it is changed.</summary>
public sealed class GuestRootTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("mmun-outside-").FullName;
    private readonly string _directory;
    private readonly GuestRoot _root;

    public GuestRootTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the kernel that keeps paths inside is Linux");
        _directory = Path.Combine(_outside, "root");
        Directory.CreateDirectory(Path.Combine(_directory, "inner"));
        File.WriteAllText(Path.Combine(_outside, "secret"), "secret");
        File.WriteAllText(Path.Combine(_directory, "file"), "inside");
        File.WriteAllText(Path.Combine(_directory, "secret"), "another");
        File.CreateSymbolicLink(Path.Combine(_directory, "up"), "../secret");
        File.CreateSymbolicLink(Path.Combine(_directory, "absolute"), Path.Combine(_outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_directory, "inner", "climb"), "../../../../../..");
        File.CreateSymbolicLink(Path.Combine(_directory, "self"), "self");
        _root = new GuestRoot(_directory, "/");
    }

    [Theory]
    [InlineData("file", "inside")]
    [InlineData("/file", "inside")]
    [InlineData("/../../file", "inside")]
    [InlineData("inner/../file", "inside")]
    [InlineData("up", "another")]
    [InlineData("/../secret", "another")]
    [InlineData("inner/climb/secret", "another")]
    public void A_path_ends_inside(string path, string contents)
    {
        Assert.Equal(0, _root.Open(path, out OpenFile? file));
        using (file)
        {
            byte[] bytes = new byte[100];
            Assert.Equal(contents, Encoding.UTF8.GetString(bytes, 0, (int)file!.Read(bytes)));
        }
    }

    [Theory]
    [InlineData("absolute", Errno.NoEntry)]
    [InlineData("/no/such", Errno.NoEntry)]
    [InlineData("", Errno.NoEntry)]
    [InlineData("self", Errno.Loop)]
    [InlineData("file/x", Errno.NotDirectory)]
    public void A_path_that_names_nothing_inside_is_refused(string path, int error)
    {
        Assert.Equal(-error, _root.Open(path, out OpenFile? file));
        Assert.Null(file);
    }

    [Fact]
    public void All_files_of_the_host_are_all_but_devices_and_the_monitors_own_process()
    {
        using GuestRoot host = new("/", _directory);
        Assert.Equal(0, host.Open("file", out OpenFile? file));
        file!.Dispose();
        Assert.Equal(-Errno.NoEntry, host.Open("/proc/self/environ", out _));
        Assert.Equal(-Errno.NoEntry, host.Open($"/proc/{Environment.ProcessId}/mem", out _));
        Assert.Equal(-Errno.NoEntry, host.Describe("/proc/self", followLinks: true, new byte[OpenFile.StatBytes]));
        Assert.Equal(-Errno.AccessDenied, host.Open("/dev/full", out _));
    }

    [Fact]
    public void Nobody_may_write()
    {
        Assert.Equal(-Errno.ReadOnlyFileSystem, _root.CheckAccess("file", 2));
        Assert.Equal(0, _root.CheckAccess("file", 4));
        Assert.Equal(0, _root.Open("file", out OpenFile? file));
        using (file)
        {
            Assert.Equal(-Errno.BadDescriptor, file!.Write([1]));
        }
    }

    [Fact]
    public void A_link_tells_where_it_points_and_a_file_is_none()
    {
        byte[] target = new byte[100];
        Assert.Equal(9, _root.ReadLink("up", target));
        Assert.Equal("../secret", Encoding.UTF8.GetString(target, 0, 9));
        Assert.Equal(-Errno.Invalid, _root.ReadLink("file", target));
    }

    [Fact]
    public void A_file_is_described_as_it_is()
    {
        byte[] stat = new byte[OpenFile.StatBytes];
        Assert.Equal(0, _root.Describe("file", followLinks: true, stat));
        Assert.Equal(6, BinaryPrimitives.ReadInt64LittleEndian(stat.AsSpan(48)));
        Assert.Equal(0, _root.Describe("up", followLinks: false, stat));
        Assert.Equal(0xa000u, BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(24)) & 0xf000);
    }

    public void Dispose()
    {
        _root?.Dispose();
        Directory.Delete(_outside, recursive: true);
    }
}
