using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Options;

/// <summary>The option of every command that names an assembly with further kinds of expert.</summary>
internal sealed class ExpertsFromOption
{
    private readonly Option<string> _file = new("--experts-from")
    {
        HelpName = "FILE",
        Description = "Assembly (.dll) with further kinds of expert (docs/extend.md); silos that are started get it too",
        Recursive = true,
    };

    /// <summary>The option.</summary>
    public Option Option => _file;

    /// <summary>The file's full path; null if none was named.</summary>
    public string? Path(ParseResult parsed) => parsed.Text(_file) is { } file ? System.IO.Path.GetFullPath(file) : null;

    /// <summary>Loads the assembly, if one was named, so that specifications find its kinds.</summary>
    public void Load(ParseResult parsed)
    {
        if (parsed.Text(_file) is not { } file) return;
        try
        {
            ExpertKinds.LoadFrom(file);
        }
        catch (SpecificationException failure)
        {
            throw new ConfigurationException($"{_file.Name}: {failure.Message}");
        }
    }
}
