using MoeOrleans.Cli.Commands;

return await RootMoeCommand.Run(args);
