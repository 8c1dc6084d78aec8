namespace MmuNotifiers.Secondary.Tests.Registration;

/// <summary>A region of the model, in pages of the window.</summary>
internal sealed class ModelRegion(int first, int count, long number)
{
    internal int First => first;

    internal int Count => count;

    internal int End => first + count;

    internal long Number => number;

    internal AccessRights Rights { get; set; }

    internal int Users { get; set; }

    internal long LastUse { get; set; }

    internal bool IsInvalidated { get; set; }
}
