namespace MmuNotifiers.Primary;

/// <summary>How a read or a write of an object ended.</summary>
/// <param name="Error">Why it ended early. With bytes done before, read(2) and write(2) report those instead.</param>
/// <param name="Bytes">How many bytes were transferred.</param>
public readonly record struct ObjectTransferResult(Errno Error, int Bytes)
{
    /// <summary>Whether nothing went wrong; a read at the end of the object succeeds with no bytes.</summary>
    public bool Succeeded => Error == Errno.None;
}
