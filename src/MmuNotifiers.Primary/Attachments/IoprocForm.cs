namespace MmuNotifiers.Primary;

/// <summary>What a range over several areas becomes for an <see cref="IIoprocNotifier"/>.</summary>
public enum IoprocForm
{
    /// <summary>
    /// As in the patch: a munmap hands over the first area only, with the whole range. What lies in the areas behind it stays in the
    /// card.
    /// </summary>
    Historical,

    /// <summary>One call for each area, with its part of the range; and fork is reported.</summary>
    Complete,
}
