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
    /// <summary>The version written now.</summary>
    public const int CurrentFormat = 2;

    // Contracts have no MessagePack attributes: their properties' names are the keys. Enumerations are written by name, not by number.
    private static readonly MessagePackSerializerOptions s_options = MessagePackSerializerOptions.Standard
        .WithSecurity(MessagePackSecurity.UntrustedData)
        .WithResolver(CompositeResolver.Create(DynamicEnumAsStringResolver.Instance, ContractlessStandardResolver.Instance));

    /// <summary>Writes the record.</summary>
    /// <param name="stream">Receives MessagePack.</param>
    public void Write(Stream stream) => MessagePackSerializer.Serialize(stream, this, s_options);

    /// <summary>Reads a record.</summary>
    /// <param name="stream">MessagePack.</param>
    public static RunRecord Read(Stream stream) => MessagePackSerializer.Deserialize<RunRecord>(stream, s_options);
}
