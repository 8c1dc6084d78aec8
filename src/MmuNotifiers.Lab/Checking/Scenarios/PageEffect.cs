namespace MmuNotifiers.Lab.Checking;

/// <summary>What an operation does to the values that its pages show.</summary>
public enum PageEffect
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>They show zeroes.</summary>
    Zero,

    /// <summary>What is private is dropped: zeroes, or what the object holds.</summary>
    Drop,

    /// <summary>There is nothing to read any more.</summary>
    Vanish,

    /// <summary>Something that the check cannot foresee: values are not judged from then on.</summary>
    Unknown,
}
