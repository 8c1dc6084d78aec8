namespace MmuNotifiers.Primary;

/// <summary>How far a load or store of several bytes came.</summary>
/// <param name="Result">Success, or why the byte behind the last one could not be reached.</param>
/// <param name="Bytes">How many bytes were transferred.</param>
public readonly record struct TransferResult(FaultResult Result, int Bytes)
{
    /// <summary>Whether all bytes were transferred.</summary>
    public bool Succeeded => Result == FaultResult.Success;
}
