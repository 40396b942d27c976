using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Commands;

StandardOutput.Install();
StandardError.Install();
return await RootMoeCommand.Run(args);
