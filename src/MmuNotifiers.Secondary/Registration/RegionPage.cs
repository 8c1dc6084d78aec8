namespace MmuNotifiers.Secondary.Registration;

/// <summary>The translation of one page of a region.</summary>
internal struct RegionPage
{
    /// <summary>What may be done through it: <see cref="AccessRights"/>; 0 where there is none.</summary>
    internal uint Rights;

    /// <summary>1 once a transfer has used the page, 0 since reclaim asked. Belongs to the address: it stays when the translation goes.</summary>
    internal uint IsUsed;

    /// <summary>Where the page's bytes lie in this process. Changes only while there is no translation.</summary>
    internal nint Host;
}
