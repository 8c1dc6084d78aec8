using MmuNotifiers.Lab.Replay.Files;
using MmuNotifiers.Lab.Replay.Model;

namespace MmuNotifiers.Lab.Replay;

/// <summary>What a page must show in a snapshot.</summary>
/// <param name="Number">The page's number in its address space.</param>
/// <param name="Contents">What it showed at the moment; nobody else has it.</param>
/// <param name="Live">What it shows in the replay, which goes on.</param>
/// <param name="Backing">The object that the page belongs to; null for a private page.</param>
/// <param name="ObjectPage">The page's number in the object.</param>
internal readonly record struct ExpectedPage(ulong Number, PageContents Contents, PageContents Live, Backing? Backing, ulong ObjectPage);
