namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>The I/O ports by which guest code speaks to the monitor; each is the operand of an <c>out</c> instruction of two bytes.</summary>
internal static class GuestPort
{
    /// <summary>A guest loop has done what it was asked.</summary>
    public const byte Done = 0x10;

    /// <summary>A guest loop found a page that does not hold what was written to it.</summary>
    public const byte Lost = 0x11;

    /// <summary>A program executed syscall.</summary>
    public const byte SystemCall = 0x70;

    /// <summary>Exception n leaves through port 0x80 + n.</summary>
    public const byte FirstException = 0x80;

    /// <summary>Exceptions 0 to 31.</summary>
    public const int Exceptions = 32;
}
