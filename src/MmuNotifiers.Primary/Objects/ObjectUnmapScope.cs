namespace MmuNotifiers.Primary;

/// <summary>Which mappings go with pages that an object loses.</summary>
internal enum ObjectUnmapScope
{
    /// <summary>The object's own pages; private copies stay (a punched hole).</summary>
    ObjectPages,

    /// <summary>Private copies too (truncation).</summary>
    PrivateCopiesToo,
}
