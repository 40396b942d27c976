using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Page;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>The folder of a reproduction, with a folder for each finished run, the findings and the report.</summary>
internal sealed class ReproductionFolder
{
    private ReproductionFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Opens a folder, which may have runs that an earlier command finished.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="ConfigurationException">The path is no folder, or the folder cannot be written to.</exception>
    public static ReproductionFolder Open(string path, string option)
    {
        try
        {
            // Runs are only added; other files stay as they are.
            return new ReproductionFolder(RunFolder.Open(path, overwrite: true).Path);
        }
        catch (RunFolderException failure)
        {
            throw new ConfigurationException($"{option}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The runs in it.</summary>
    public FinishedRuns Runs => new(Path);

    /// <summary>The finished runs of a plan, by name.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="bench">Analyses the runs.</param>
    /// <exception cref="ConfigurationException">A run's files are damaged.</exception>
    public IReadOnlyDictionary<string, LabelledRun> Read(IReadOnlyList<PlannedRun> plan, RunBench bench) =>
        // Labels are not part of the hash: the plan's labels are used.
        Runs.Read(plan).ToDictionary(run => run.Planned.Name, run => new LabelledRun(run.Planned.Name, run.Planned.Parts, bench.Analyse(new RunResult(run.Planned.Spec, run.Saved.Record, run.Saved.Weights, run.Saved.BestWeights))));

    /// <summary>Writes the report, tables.md and reproduce.json.</summary>
    public void Write(ReproductionFindings findings, IReadOnlyList<LabelledRun> runs)
    {
        ReproductionReport.Write(findings, runs, Path);
        Replace("tables.md", FindingsTables.All(findings));
        Replace("reproduce.json", FindingsJson.Write(findings));
    }

    // A new file is moved over the old one, so that the file is never half written.
    private void Replace(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        File.WriteAllText($"{path}.new", text);
        File.Move($"{path}.new", path, overwrite: true);
    }
}
