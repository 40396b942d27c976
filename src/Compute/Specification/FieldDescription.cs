namespace MoeOrleans.Compute.Specification;

/// <summary>A field of the specification, as <c>moe spec --describe</c> shows it.</summary>
/// <param name="Path">Path, such as training.expert.rate.</param>
/// <param name="Type">Type in words.</param>
/// <param name="Default">Default value: the reference recipe on setting 1.</param>
/// <param name="Range">The valid values.</param>
/// <param name="Meaning">What the field means.</param>
internal sealed record FieldDescription(string Path, string Type, string Default, string Range, string Meaning);
