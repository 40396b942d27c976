namespace MoeOrleans.Compute.Specification;

/// <summary>The specification's fields in words.</summary>
public static class RunSpecDescription
{
    /// <summary>Every leaf in the order of the JSON form.</summary>
    public static IReadOnlyList<FieldDescription> Describe()
    {
        var defaults = new RunSpec();
        return [.. SpecFields.All.Select(f => new FieldDescription(f.Path, f.TypeName, SpecField.Format(f.Get(defaults)), f.Range, f.Attribute.Meaning))];
    }
}
