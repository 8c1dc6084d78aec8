namespace MmuNotifiers.Lab.Traces;

/// <summary>What a made-up access does.</summary>
public enum TouchAccess
{
    /// <summary>Each page is read.</summary>
    Read = 0,

    /// <summary>Each page is written.</summary>
    Write = 1,
}
