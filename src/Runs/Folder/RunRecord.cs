using System.Runtime.ExceptionServices;
using MessagePack;
using MessagePack.Resolvers;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Folder;

/// <summary>A finished run without its weights: run.msgpack. Maps have the properties' names as keys.</summary>
/// <param name="Format">Version of this form.</param>
/// <param name="Specification">The specification as JSON.</param>
/// <param name="Deployment">How the run was spread.</param>
/// <param name="Summary">The summary.</param>
/// <param name="Steps">A record for each step.</param>
/// <param name="Products">The products over training; empty if they were not recorded.</param>
[MessagePackObject(keyAsPropertyName: true)]
public sealed record RunRecord(int Format, string Specification, Deployment Deployment, RunSummary Summary, IReadOnlyList<StepRecord> Steps, IReadOnlyList<ProductsRecord> Products)
{
    /// <summary>The experts' load over training, at most 200 epochs evenly spaced; null in records of earlier versions.</summary>
    public IReadOnlyList<LoadRecord>? Loads { get; init; }

    /// <summary>The version written now.</summary>
    public const int CurrentFormat = 2;

    // Contracts have no MessagePack attributes: their properties' names are the keys. Enumerations are written by name, not by number.
    private static readonly MessagePackSerializerOptions s_options = MessagePackSerializerOptions.Standard
        .WithSecurity(MessagePackSecurity.UntrustedData)
        .WithResolver(CompositeResolver.Create(DynamicEnumAsStringResolver.Instance, ContractlessStandardResolver.Instance));

    /// <summary>Writes the record.</summary>
    /// <param name="stream">Receives MessagePack.</param>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public void Write(Stream stream)
    {
        try
        {
            MessagePackSerializer.Serialize(stream, this, s_options);
        }
        catch (MessagePackSerializationException failure) when (failure.GetBaseException() is IOException or UnauthorizedAccessException)
        {
            // A full disk is a full disk: callers must not have to know what wraps it.
            ExceptionDispatchInfo.Throw(failure.GetBaseException());
        }
    }

    /// <summary>Reads a record.</summary>
    /// <param name="stream">MessagePack.</param>
    public static RunRecord Read(Stream stream) => MessagePackSerializer.Deserialize<RunRecord>(stream, s_options);
}
