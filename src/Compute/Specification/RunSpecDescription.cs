namespace MoeOrleans.Compute.Specification;

/// <summary>The specification's fields in words.</summary>
internal static class RunSpecDescription
{
    /// <summary>Every leaf in the order of the JSON form.</summary>
    public static IReadOnlyList<FieldDescription> Describe()
    {
        var defaults = new RunSpec();
        return [.. SpecFields.All.Select(f => new FieldDescription(f.Path, f.TypeName, Default(f), f.Range, f.Attribute.Meaning))];

        string Default(SpecField field) => SpecField.Format(field.Get(defaults)) is { Length: > 0 } text ? text : SpecField.EmptyText;
    }
}
