using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Commands;

StandardOutput.Install();
return await RootMoeCommand.Run(args);
