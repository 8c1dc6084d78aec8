using System.Collections.Frozen;
using System.Globalization;

namespace MmuNotifiers.Linux;

/// <summary>Linux' error numbers as this assembly meets them; the numbers are those of all architectures that .NET runs on.</summary>
internal static class Errno
{
    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int NoProcess = 3;
    internal const int Interrupted = 4;
    internal const int InputOutput = 5;
    internal const int BadDescriptor = 9;
    internal const int TryAgain = 11;
    internal const int NoMemory = 12;
    internal const int AccessDenied = 13;
    internal const int BadAddress = 14;
    internal const int Busy = 16;
    internal const int Exists = 17;
    internal const int NoDevice = 19;
    internal const int NotDirectory = 20;
    internal const int IsDirectory = 21;
    internal const int Invalid = 22;
    internal const int TooManyFiles = 24;
    internal const int NotTerminal = 25;
    internal const int NoSpace = 28;
    internal const int IllegalSeek = 29;
    internal const int ReadOnlyFileSystem = 30;
    internal const int BrokenPipe = 32;
    internal const int OutOfRange = 34;
    internal const int NameTooLong = 36;
    internal const int NoSystemCall = 38;
    internal const int Loop = 40;
    internal const int NotSupported = 95;
    internal const int TimedOut = 110;

    /// <summary>The page is poisoned: whoever serves it cannot give it back.</summary>
    internal const int LostPage = 133;

    private static readonly FrozenDictionary<int, string> Names = new Dictionary<int, string>
    {
        [NotPermitted] = "EPERM",
        [NoEntry] = "ENOENT",
        [NoProcess] = "ESRCH",
        [Interrupted] = "EINTR",
        [InputOutput] = "EIO",
        [6] = "ENXIO",
        [7] = "E2BIG",
        [BadDescriptor] = "EBADF",
        [TryAgain] = "EAGAIN",
        [NoMemory] = "ENOMEM",
        [AccessDenied] = "EACCES",
        [BadAddress] = "EFAULT",
        [Busy] = "EBUSY",
        [Exists] = "EEXIST",
        [NoDevice] = "ENODEV",
        [NotDirectory] = "ENOTDIR",
        [IsDirectory] = "EISDIR",
        [Invalid] = "EINVAL",
        [23] = "ENFILE",
        [TooManyFiles] = "EMFILE",
        [NotTerminal] = "ENOTTY",
        [27] = "EFBIG",
        [NoSpace] = "ENOSPC",
        [IllegalSeek] = "ESPIPE",
        [ReadOnlyFileSystem] = "EROFS",
        [BrokenPipe] = "EPIPE",
        [OutOfRange] = "ERANGE",
        [NameTooLong] = "ENAMETOOLONG",
        [NoSystemCall] = "ENOSYS",
        [Loop] = "ELOOP",
        [61] = "ENODATA",
        [75] = "EOVERFLOW",
        [NotSupported] = "EOPNOTSUPP",
        [TimedOut] = "ETIMEDOUT",
        [LostPage] = "EHWPOISON",
    }.ToFrozenDictionary();

    /// <summary>The name that the manual pages use: <c>EEXIST</c>; a number without one is given as <c>errno 200</c>.</summary>
    internal static string NameOf(int number) =>
        Names.TryGetValue(number, out string? name) ? name : string.Create(CultureInfo.InvariantCulture, $"errno {number}");
}
