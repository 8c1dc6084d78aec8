namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>How a command ended, as the shell sees it. Those from 64 on are named in sysexits.h.</summary>
internal enum ExitCode
{
    /// <summary>The command did what it was asked, and found nothing wrong.</summary>
    Fine = 0,

    /// <summary>A violation was found: a stale access, wrong contents, a broken promise.</summary>
    Violation = 1,

    /// <summary>The answer would mean nothing: events were lost, memory ran out, or too little could be compared.</summary>
    Inconclusive = 2,

    /// <summary>The host lacks something that the command needs.</summary>
    HostLacks = 3,

    /// <summary>EX_USAGE: the command line makes no sense.</summary>
    WrongUse = 64,

    /// <summary>EX_DATAERR: an input is not what it must be, or cannot be read.</summary>
    BadInput = 65,

    /// <summary>EX_CANTCREAT: an output cannot be written.</summary>
    CannotWrite = 73,

    /// <summary>Ended by Ctrl+C, as a shell reports it.</summary>
    Cancelled = 130,
}
