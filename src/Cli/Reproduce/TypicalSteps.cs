using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>How many steps a run does before its stop rule ends it, for the expected time alone.</summary>
internal static class TypicalSteps
{
    public static int Of(RunSpec spec) => spec.Training.Steps;
}
