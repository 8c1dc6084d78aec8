namespace MmuNotifiers.Checking.Tests.Exploration;

/// <summary>What small programs share.</summary>
internal sealed class Words
{
    internal int X;
    internal int Y;
    internal int Lock;
}
