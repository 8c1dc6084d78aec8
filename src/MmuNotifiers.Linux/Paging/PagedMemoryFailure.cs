namespace MmuNotifiers.Linux;

/// <summary>Something that did not go as it should while pages went or came; nothing is lost by it unless it says so.</summary>
/// <param name="Operation">What was tried: <c>write to swap</c>, <c>read from swap</c>, <c>serve a fault</c>.</param>
/// <param name="Page">The first address of the page; zero where it was about none.</param>
/// <param name="Outcome">How the store answered; <see cref="SwapOutcome.Pending"/> where it was not the store.</param>
/// <param name="Detail">What went wrong, in one line.</param>
public sealed record PagedMemoryFailure(string Operation, VirtualAddress Page, SwapOutcome Outcome, string Detail);
