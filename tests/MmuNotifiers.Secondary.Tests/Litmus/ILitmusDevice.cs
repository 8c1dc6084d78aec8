namespace MmuNotifiers.Secondary.Tests;

/// <summary>One device thread's way to a page, under test or frozen as a negative control.</summary>
internal interface ILitmusDevice
{
    /// <summary>
    /// In one section of accesses: reads words of a page and adds one to the word that the device owns. False if the page was
    /// not translated; it was faulted in and the step is to be repeated.
    /// </summary>
    /// <param name="page">Which page.</param>
    /// <param name="word">The word that nobody else writes.</param>
    /// <param name="poisoned">How many words held what only freed frames hold.</param>
    bool TryStep(VirtualAddress page, int word, out int poisoned);
}
