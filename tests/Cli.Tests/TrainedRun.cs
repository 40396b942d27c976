namespace MoeOrleans.Cli.Tests;

/// <summary>A finished run in the folder run of a workspace, with the files of its data beside it; made once for a class of tests.</summary>
public sealed class TrainedRun : IAsyncLifetime
{
    private Workspace? _workspace;
    private MoeResult? _result;

    internal Workspace Workspace => _workspace!;

    internal MoeResult Result => _result!;

    public async ValueTask InitializeAsync()
    {
        _workspace = new Workspace();
        ExportedData.Write(_workspace);
        _result = await MoeCommand.Train(_workspace, "--output", "run", "--json");
        _result.ExitCode.ShouldBe(0, string.Join('\n', _result.Errors));
    }

    public ValueTask DisposeAsync()
    {
        _workspace?.Dispose();
        return ValueTask.CompletedTask;
    }
}
