namespace MoeOrleans.Compute.Specification;

/// <summary>A field in which two specifications differ.</summary>
/// <param name="Path">Path, such as training.expert.rate.</param>
/// <param name="A">Its value in the first.</param>
/// <param name="B">Its value in the second.</param>
/// <param name="DecidesBits">Whether the field decides bits of the result; labels do not.</param>
internal sealed record FieldDifference(string Path, string A, string B, bool DecidesBits)
{
    /// <summary>Every field in which two specifications differ, in the order of the JSON form.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    public static IReadOnlyList<FieldDifference> Between(RunSpec a, RunSpec b) =>
        [.. SpecFields.All
            .Where(field => !Equals(field.Get(a), field.Get(b)))
            .Select(field => new FieldDifference(field.Path, SpecField.Format(field.Get(a)), SpecField.Format(field.Get(b)), !field.Attribute.Label))];
}
