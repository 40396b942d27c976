namespace MoeOrleans.Cli.Training;

/// <summary>Tells a view how far a run is.</summary>
internal static class RunReports
{
    /// <summary>A full or closed log must not cost the run.</summary>
    public static void Show(this Action<RunProgress> report, RunProgress progress)
    {
        try
        {
            report(progress);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }
}
