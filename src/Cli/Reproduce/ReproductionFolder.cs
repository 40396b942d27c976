using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Page;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>The folder of a reproduction: a folder for each finished run, the findings, the report.</summary>
internal sealed class ReproductionFolder
{
    private ReproductionFolder(string path) => Path = path;

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Opens a folder, which may hold finished runs of an earlier time.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="ConfigurationException">It is none, or cannot be written to.</exception>
    public static ReproductionFolder Open(string path, string option)
    {
        try
        {
            // Files of others are not touched; runs are only ever added.
            return new ReproductionFolder(RunFolder.Open(path, overwrite: true).Path);
        }
        catch (RunFolderException failure)
        {
            throw new ConfigurationException($"{option}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The runs of a plan that are finished already, by name.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="bench">Analyses them.</param>
    /// <exception cref="ConfigurationException">A run's files are damaged.</exception>
    public IReadOnlyDictionary<string, LabelledRun> Read(IReadOnlyList<PlannedRun> plan, RunBench bench)
    {
        var runs = new Dictionary<string, LabelledRun>();
        foreach (var planned in plan.Where(planned => SavedRun.IsIn(FolderOf(planned))))
        {
            try
            {
                var saved = SavedRun.Read(FolderOf(planned));
                // The numerics may have another version by now.
                if (saved.Record.Summary.SpecHash != SpecHash.Of(planned.Spec)) continue;
                // Labels are not hashed: those of the plan count.
                runs[planned.Name] = new LabelledRun(planned.Name, planned.Parts, bench.Analyse(new RunResult(planned.Spec, saved.Record, saved.Weights, saved.BestWeights)));
            }
            catch (UnreadableFileException failure)
            {
                throw new ConfigurationException($"{failure.Message}; delete the folder to have the run done again");
            }
        }

        return runs;
    }

    /// <summary>Writes a finished run.</summary>
    public void Keep(PlannedRun planned, RunResult result)
    {
        // Runs end at the same time: each would try whether it can make the folder above them all, in the way of the others.
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "runs"));
        RunFolder.Open(FolderOf(planned), overwrite: true).Write(result.Record, result.Weights, result.BestWeights);
    }

    /// <summary>Writes the report, tables.md and reproduce.json.</summary>
    public void Write(ReproductionFindings findings, IReadOnlyList<LabelledRun> runs)
    {
        ReproductionReport.Write(findings, runs, Path);
        Replace("tables.md", FindingsTables.All(findings));
        Replace("reproduce.json", FindingsJson.Write(findings));
    }

    // Beside it first, so that it is never half written.
    private void Replace(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        File.WriteAllText($"{path}.new", text);
        File.Move($"{path}.new", path, overwrite: true);
    }

    private string FolderOf(PlannedRun planned) => System.IO.Path.Combine(Path, "runs", planned.Name);
}
