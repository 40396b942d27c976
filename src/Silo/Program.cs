using MoeOrleans.Silo;

return await SiloCommand.Run(args);
