using BenchmarkDotNet.Running;

// Which suites and which parameters is the command line's to say: --filter '*', --list flat, --job short.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
