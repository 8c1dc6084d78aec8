namespace MmuNotifiers.Primary;

/// <summary>A change that was not bracketed.</summary>
/// <param name="Site">Where.</param>
/// <param name="Placement">When the table tells of it instead; <see cref="HookPlacement.None"/> for never.</param>
/// <param name="Range">What changed.</param>
internal sealed record HookSilence(HookSite Site, HookPlacement Placement, AddressRange Range)
{
    /// <summary>In one sentence: <c>Fork of [0x1000, 0x3000) was not told of</c>.</summary>
    public override string ToString() => (Placement & ~HookPlacement.UnderPageTableLock) switch
    {
        HookPlacement.None => $"{Site} of {Range} was not told of",
        HookPlacement.AfterFree => $"{Site} of {Range} was told of only when its pages may have been free",
        HookPlacement.AfterChange => $"{Site} of {Range} was told of only after the change",
        _ => $"{Site} of {Range} was told of under the page-table lock",
    };
}
