namespace MoeOrleans.Compute.Specification;

/// <content>Where each value is from.</content>
public sealed partial class SpecificationBuilder
{
    // They choose presets; the others of a preset stay as they are.
    private static readonly string[] s_choosers = ["recipe", "data.setting", "model.kind", "model.expert", "model.activation"];

    /// <summary>Where each value of a specification is from: a file or an option as it was typed, the data's files, a preset, or the field's default.</summary>
    /// <param name="spec">What <see cref="Build"/> made.</param>
    internal IEnumerable<(SpecField Field, object Value, string Source)> Sources(RunSpec spec)
    {
        var (preset, plain) = (Preset(LastOf), new RunSpec());
        foreach (var field in SpecFields.Of(spec)) yield return (field, field.Get(spec)!, Source(field, field.Get(spec)!, preset, plain));
    }

    private string Source(SpecField field, object value, RunSpec preset, RunSpec plain)
    {
        var (given, chosen, where, _) = LastOf(field.Path);
        if (field.Path is "data.train" or "data.validation" && _files is not null && _validation is var (_, share)) return $"the data's files and {share}";
        if (_files is not null && (s_decidedByFiles.Contains(field.Path) || field.Path is "data.path" or "data.classNames" or "data.columns")) return "the data's files";
        if (given is not null && Equals(chosen, value)) return where;
        if (field.Path == "training.steps" && _epochs is var (_, epochs)) return epochs;
        if (!Equals(value, field.Get(preset))) return _files is not null && field.Path == "model.outputs" ? "the data's files" : "computed from other fields";
        if (Equals(value, field.Get(plain))) return "default";
        // The labels without which the preset would have another value. Two may ask for the same one.
        var choosers = s_choosers.Where(label => !Equals(field.Get(PresetWithout(label)), value)).ToArray();
        if (choosers.Length == 0) choosers = [.. s_choosers.Where(label => SpecFields.Find(label) is { } chooser && !Equals(chooser.Get(preset), chooser.Get(plain)))];
        return $"preset of {string.Join(", ", choosers.Select(label => $"{label} {SpecField.Format(SpecFields.Find(label)!.Get(preset)!)}"))}";
    }

    // Data from files choose a recipe too, unless one is given.
    private RunSpec PresetWithout(string label) =>
        Preset(path => path != label ? LastOf(path) : path == "recipe" ? (null!, Recipe.Reference, "", false) : default);
}
