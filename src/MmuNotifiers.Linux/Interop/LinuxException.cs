using System.Globalization;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>
/// A system call that was refused where nobody could foresee it: <c>ioctl(UFFDIO_COPY) failed: EEXIST (17) at [0x7f0000000000, 0x7f0000001000)</c>.
/// What the host lacks altogether is reported beforehand, with its reason, and is not an exception.
/// </summary>
public sealed class LinuxException : IOException
{
    /// <summary>Describes a refusal.</summary>
    /// <param name="operation">The call, with what tells it from others of its name: <c>ioctl(UFFDIO_COPY)</c>.</param>
    /// <param name="errorNumber">The error number that the kernel gave (errno).</param>
    /// <param name="range">The addresses that it was about, where there were any.</param>
    public LinuxException(string operation, int errorNumber, AddressRange range = default)
        : base(Describe(operation, errorNumber, range))
    {
        Operation = operation;
        ErrorNumber = errorNumber;
        Range = range;
    }

    /// <summary>The call.</summary>
    public string Operation { get; }

    /// <summary>The error number that the kernel gave (errno).</summary>
    public int ErrorNumber { get; }

    /// <summary>The error's name in the manual pages: <c>EEXIST</c>.</summary>
    public string ErrorName => Errno.NameOf(ErrorNumber);

    /// <summary>The addresses that the call was about; empty where there were none.</summary>
    public AddressRange Range { get; }

    /// <summary>The refusal that the calling thread met last.</summary>
    internal static LinuxException Last(string operation, AddressRange range = default) => new(operation, Marshal.GetLastPInvokeError(), range);

    /// <summary>Throws for a call that answers -1 when it is refused.</summary>
    internal static nint ThrowIfFailed(nint result, string operation, AddressRange range = default) =>
        result == -1 ? throw Last(operation, range) : result;

    private static string Describe(string operation, int errorNumber, AddressRange range)
    {
        string place = range.IsEmpty ? string.Empty : $" at {range}";
        return string.Create(CultureInfo.InvariantCulture, $"{operation} failed: {Errno.NameOf(errorNumber)} ({errorNumber}){place}");
    }
}
