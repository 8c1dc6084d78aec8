namespace MmuNotifiers.Primary;

/// <summary>An address, or why there is none.</summary>
/// <param name="Error">Why the operation was refused; <see cref="Errno.None"/> if it was not.</param>
/// <param name="Address">The address; meaningful only without an error.</param>
public readonly record struct AddressResult(Errno Error, VirtualAddress Address)
{
    /// <summary>Whether there is an address.</summary>
    public bool Succeeded => Error == Errno.None;

    /// <summary>The result of an operation that was refused.</summary>
    public static implicit operator AddressResult(Errno error) => new(error, default);

    /// <summary>The result of an operation that succeeded.</summary>
    public static implicit operator AddressResult(VirtualAddress address) => new(Errno.None, address);

    /// <summary>The result of an operation that was refused.</summary>
    public static AddressResult FromErrno(Errno error) => error;

    /// <summary>The result of an operation that succeeded.</summary>
    public static AddressResult FromVirtualAddress(VirtualAddress address) => address;

    /// <summary>The address in hexadecimal, or the errno's name.</summary>
    public override string ToString() => Succeeded ? Address.ToString() : Error.ToString();
}
