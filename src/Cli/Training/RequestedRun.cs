using System.Security.Cryptography;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Training;

/// <summary>Makes the request of a run.</summary>
internal static class RequestedRun
{
    /// <summary>A run with an id of its own: the specification's hash and a nonce.</summary>
    /// <param name="spec">What is run.</param>
    /// <param name="deployment">How it is spread.</param>
    /// <param name="productsInterval">Steps between records of the products; 0 for none.</param>
    public static RunRequest Of(RunSpec spec, Deployment deployment, int productsInterval)
    {
        var runId = $"{SpecHash.Of(spec)[..12]}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return new RunRequest(new RunContext(runId, RunSpecJson.Write(spec), deployment.Dispatch), deployment, productsInterval);
    }
}
