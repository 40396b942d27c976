using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoeOrleans.Compute.Activations;

/// <summary>Writes and reads an activation as its name.</summary>
internal sealed class ActivationJsonConverter : JsonConverter<Activation>
{
    public override Activation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Activation.Find(reader.GetString()!) is { } activation
            ? activation
            : throw new JsonException($"must be one of {string.Join(", ", Activation.All)}");

    public override void Write(Utf8JsonWriter writer, Activation value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
