using System.Collections.Immutable;
using MmuNotifiers.Lab.Replacement;

namespace MmuNotifiers.Cli.Commands;

/// <summary>What <c>mmun refaults</c> answers.</summary>
/// <param name="File">The trace.</param>
/// <param name="Accesses">How many accesses it holds.</param>
/// <param name="Pages">How many pages are accessed.</param>
/// <param name="PeakPages">How many of them there are at most at one time.</param>
/// <param name="Counts">The refaults for each number of frames.</param>
internal sealed record RefaultsAnswer(string File, long Accesses, int Pages, int PeakPages, ImmutableArray<RefaultCounts> Counts);
