namespace MmuNotifiers.Lab.Checking;

/// <summary>Which callback of a subscriber runs.</summary>
internal enum CallbackKind
{
    Start,
    End,
    Release,
    Invalidate,
    Flush,
}
