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
    internal const int Invalid = 22;
    internal const int NotTerminal = 25;
    internal const int NoSpace = 28;
    internal const int NoSystemCall = 38;
    internal const int NotSupported = 95;

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
        [19] = "ENODEV",
        [20] = "ENOTDIR",
        [21] = "EISDIR",
        [Invalid] = "EINVAL",
        [23] = "ENFILE",
        [24] = "EMFILE",
        [NotTerminal] = "ENOTTY",
        [27] = "EFBIG",
        [NoSpace] = "ENOSPC",
        [30] = "EROFS",
        [34] = "ERANGE",
        [NoSystemCall] = "ENOSYS",
        [61] = "ENODATA",
        [75] = "EOVERFLOW",
        [NotSupported] = "EOPNOTSUPP",
        [110] = "ETIMEDOUT",
        [133] = "EHWPOISON",
    }.ToFrozenDictionary();

    /// <summary>The name that the manual pages use: <c>EEXIST</c>; a number without one is given as <c>errno 200</c>.</summary>
    internal static string NameOf(int number) =>
        Names.TryGetValue(number, out string? name) ? name : string.Create(CultureInfo.InvariantCulture, $"errno {number}");
}
