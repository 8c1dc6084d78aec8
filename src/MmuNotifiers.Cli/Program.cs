using MmuNotifiers.Cli.Infrastructure;

using CommandConsole console = CommandConsole.ForProcess();
return MmuNotifiers.Cli.CommandLine.Run(args, console);
