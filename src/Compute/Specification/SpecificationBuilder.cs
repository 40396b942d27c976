using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>
/// Builds a specification from layers: presets below, then files, options and <c>--set</c> values in the order they are added,
/// the later above the earlier. The recipe, the setting, the model and its activation that stand at the end choose the
/// presets. Each value remembers
/// where it is from, so an error names what the user typed.
/// </summary>
public sealed partial class SpecificationBuilder
{
    /// <summary>The longest JSON text that is read, in characters.</summary>
    internal const int MaxLength = 1 << 20;

    private const int MaxMessage = 200;

    // What the files decide, so that a value that was given has to agree.
    private static readonly string[] s_decidedByFiles = ["data.clusters", "data.dim", "data.patches", "data.train", "data.test", "data.validation", "data.sha256", "data.validationSha256"];

    private readonly List<(SpecField Field, object Value, string Where, bool Typed)> _values = [];
    private (DataSpec Data, int Classes)? _files;

    /// <summary>The folder that the data comes from, whose files have to be told to <see cref="UseFiles"/>; null for generated data.</summary>
    public string? DataFolder => LastOf("data.source").Value is DataSource.Files && LastOf("data.path").Value is string { Length: > 0 } path ? path : null;

    /// <summary>The kind of experts.</summary>
    public IExpertKind Expert => LastOf("model.expert").Value is string name ? ExpertKinds.Find(name)! : ExpertKinds.All[0];

    /// <summary>Adds the fields of a JSON text.</summary>
    /// <param name="json">The text. Comments and trailing commas are allowed.</param>
    /// <param name="source">Where it is from, a file's name: errors begin with it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">No JSON, an unknown field or a value that is not valid.</exception>
    public SpecificationBuilder AddJson(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > MaxLength) throw new SpecificationException($"{source}: must have at most {MaxLength} characters, got {json.Length}");
        using var document = Read(json.TrimStart('\uFEFF'), source);
        try
        {
            AddGroup(document.RootElement, "", source);
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 without its other half is found only when the text is read.
            throw new SpecificationException($"{source}: not valid JSON: a text has an incomplete \\u escape");
        }

        return this;
    }

    /// <summary>Adds one value.</summary>
    /// <param name="path">The field's path, such as training.expert.rate.</param>
    /// <param name="value">The value as typed; a range is "low,high", in brackets or not.</param>
    /// <param name="source">What the user typed it behind, such as "--experts": errors begin with it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">An unknown field or a value that is not valid.</exception>
    public SpecificationBuilder Set(string path, string value, string source)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(value);
        if (SpecFields.Find(path) is { } field)
            Add(field, value, source, typed: true);
        else if (SpecFields.Keys(path) is { Count: > 0 } keys)
            throw new SpecificationException($"{source}: '{path}' is a group of fields; set one of {string.Join(", ", keys.Select(k => SpecFields.Join(path, k)))}");
        else
            throw new SpecificationException($"{source}: {UnknownPath(path)}");
        return this;
    }

    /// <summary>Adds the value of an option <c>--set path=value</c>.</summary>
    /// <param name="assignment">The option's text, "path=value".</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">An unknown field or a value that is not valid.</exception>
    public SpecificationBuilder Set(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            throw new SpecificationException($"--set: must be path=value, such as training.expert.rate=0.01, got {SpecField.Quote(assignment)}");
        var path = assignment[..equals].Trim();
        return Set(path, assignment[(equals + 1)..], SpecFields.Find(path) is null ? "--set" : $"--set {path}");
    }

    /// <summary>Takes sizes, hash and path of the data from files, and the model's outputs where they are not given.</summary>
    /// <param name="files">What the files hold.</param>
    /// <param name="classes">Number of classes, one more than their largest label.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">A value that was given is not what the files hold.</exception>
    public SpecificationBuilder UseFiles(DataSpec files, int classes)
    {
        ArgumentNullException.ThrowIfNull(files);
        files = WithValidation(files);
        var found = new RunSpec { Data = files };
        foreach (var path in s_decidedByFiles)
        {
            var (actual, (field, value, where, _)) = (SpecFields.Find(path)!.Get(found)!, LastOf(path));
            if (field is null || value.Equals(actual) || value is "") continue;
            throw new SpecificationException(path is "data.sha256" or "data.validationSha256"
                ? $"{Prefix(where, path)}{path} is {value}, but that of the files in '{files.Path}' is {actual}: they have changed, or are others; leave it out to take them as they are"
                : $"{Prefix(where, path)}{path} must be {SpecField.Format(actual)}, as in the files in '{files.Path}', got {SpecField.Format(value)}; leave it out");
        }

        _files = (files, classes);
        return this;
    }

    // A field that was set on the command line is its own place.
    private static string Prefix(string where, string path) => where == path ? "" : $"{where}: ";

    /// <summary>The specification of all layers, checked.</summary>
    /// <exception cref="SpecificationException">Fields that contradict each other.</exception>
    public RunSpec Build()
    {
        foreach (var label in _values.Where(v => v.Typed && v.Field.Attribute.Label)) RefuseWithoutEffect(label.Field);
        var preset = Preset(LastOf);
        var values = SpecFields.All.ToDictionary(f => f.Path, f => f.Get(preset)!);
        foreach (var (field, value, _, _) in _values) values[field.Path] = value;
        if (_files is var (files, classes))
        {
            var found = new RunSpec { Data = files };
            if (LastOf("model.outputs").Field is null && values["model.loss"] is not LossKind.Logistic) values["model.outputs"] = Math.Max(2, classes);
            foreach (var path in s_decidedByFiles.Append("data.path")) values[path] = SpecFields.Find(path)!.Get(found)!;
            if (files.ClassNames.Length > 0) values["data.classNames"] = files.ClassNames;
            if (files.Columns.Length > 0) values["data.columns"] = files.Columns;
        }

        SetSizes(values);
        var spec = SpecFields.Create(values);
        // A saved specification has every field; what is typed must have a meaning, even where it is the default.
        if (spec.Data.Source == DataSource.Files && _values.FirstOrDefault(v => v.Typed && v.Field.Attribute.Generated) is { Field: { } meaningless, Where: var typed })
            throw new SpecificationException($"{typed}: {DataConflicts.Meaningless(meaningless)}");
        if (_values.FirstOrDefault(v => v.Typed && ModelConflicts.IsMeaningless(v.Field, spec.Model)) is { Field: { } foreign, Where: var given })
            throw new SpecificationException($"{given}: {ModelConflicts.Meaningless(foreign, spec.Model)}");
        if (LastOf(SpecFields.ExpertSha256) is { Value: string { Length: > 0 } wanted } hash && wanted != spec.Model.ExpertSha256)
        {
            throw new SpecificationException(spec.Model.ExpertSha256.Length == 0
                ? $"{hash.Where}: {SpecFields.ExpertSha256} has no meaning where model.expert is {spec.Model.Expert}, which is built in; leave it out"
                : $"{hash.Where}: kind of expert '{spec.Model.Expert}' must be of the assembly with SHA-256 {wanted}, got {spec.Model.ExpertSha256}: --experts-from names another build; leave {SpecFields.ExpertSha256} out to take it");
        }

        // What is not there in the specification cannot contradict it: options of other kinds of expert.
        var lost = SpecFields.All.Where(f => !values[f.Path].Equals(f.Get(spec)) && ModelConflicts.IsMeaningless(f, spec.Model))
            .Select(f => new FieldConflict([f.Path, "model.expert"], ModelConflicts.Meaningless(f, spec.Model)));
        if (RunSpecValidation.Conflicts(spec).Concat(lost).FirstOrDefault() is var (paths, error))
        {
            // The user's last word on the matter is the likely culprit; the error itself names every field.
            var where = _values.LastOrDefault(v => paths.Contains(v.Field.Path)).Where;
            throw new SpecificationException(where is null ? error : $"{where}: {error}");
        }

        // One output of the logistic loss tells two classes apart.
        if (_files is var (own, needed) && needed > Math.Max(2, spec.Model.Outputs))
        {
            throw new SpecificationException(spec.Model.Loss == LossKind.Logistic
                ? $"model.loss logistic has two classes, but the labels in '{own.Path}' are 0 to {needed - 1}; set model.loss to crossEntropy{(spec.Recipe == Recipe.Paper ? ", or leave recipe at reference" : "")}"
                : $"{LastOf("model.outputs").Where}: model.outputs must be at least {needed}, for the labels in '{own.Path}' are 0 to {needed - 1}, got {spec.Model.Outputs}; leave it out");
        }

        return spec;
    }

    /// <summary>A label that is typed chooses a preset; where a file has the values of another label, it would be a wrong name for them.</summary>
    private void RefuseWithoutEffect(SpecField label)
    {
        var (_, chosen, where, _) = LastOf(label.Path);
        if (_values.LastOrDefault(v => v.Field == label && !v.Typed) is not { Field: not null } inFile || inFile.Value.Equals(chosen)) return;
        var (before, after) = (Preset(path => path == label.Path ? inFile : LastOf(path)), Preset(LastOf));
        // A value that is not the other preset's either was meant to stand above any.
        var hidden = SpecFields.All.FirstOrDefault(f => !f.Attribute.Label && !Equals(f.Get(before), f.Get(after)) && LastOf(f.Path) is { Field: not null, Typed: false } given && given.Value.Equals(f.Get(before)));
        if (hidden is null) return;
        throw new SpecificationException(
            $"{where}: {label.Path} {SpecField.Format(chosen)} chooses {hidden.Path} {SpecField.Format(hidden.Get(after)!)}, but {LastOf(hidden.Path).Where} is {SpecField.Format(hidden.Get(before)!)}, of {label.Path} {SpecField.Format(inFile.Value)}; leave one of them out, or set fields one by one");
    }

    // Files are hardly ever the paper's data.
    private static RunSpec Preset(Func<string, (SpecField Field, object Value, string Where, bool Typed)> last) => Presets.For(
        last("recipe").Value as Recipe? ?? (last("data.source").Value is DataSource.Files ? Recipe.Plain : Recipe.Reference),
        last("data.setting").Value as string ?? "1",
        last("model.kind").Value as ModelKind? ?? default,
        last("model.activation").Value as Activation,
        last("model.expert").Value as string);

    private (SpecField Field, object Value, string Where, bool Typed) LastOf(string path) => _values.LastOrDefault(v => v.Field.Path == path);

    private void Add(SpecField field, string text, string where, bool typed)
    {
        var (value, error) = field.Parse(text);
        if (error is not null) throw new SpecificationException($"{where}: {error}");
        _values.Add((field, value!, where, typed));
    }

    private void AddGroup(JsonElement element, string group, string source)
    {
        var keys = SpecFields.Keys(group);
        if (element.ValueKind != JsonValueKind.Object)
            throw new SpecificationException($"{Where(group)}: must be an object {{...}} with fields {string.Join(", ", keys)}, got {SpecField.Quote(element.GetRawText())}");

        var seen = new HashSet<string>();
        foreach (var member in element.EnumerateObject())
        {
            var path = SpecFields.Join(group, member.Name);
            if (!keys.Contains(member.Name)) throw new SpecificationException($"{source}: {UnknownKey(group, member.Name)}");
            if (!seen.Add(member.Name)) throw new SpecificationException($"{Where(path)}: given twice; remove one");
            if (SpecFields.Find(path) is { } field) Add(field, Text(member.Value, field.IsText), Where(path), typed: false);
            else AddGroup(member.Value, path, source);
        }

        string Where(string path) => path.Length == 0 ? source : $"{source}: {path}";
    }

    private static string UnknownKey(string group, string key)
    {
        var keys = SpecFields.Keys(group);
        var meant = Suggestion.Nearest(key, keys);
        if (meant.Count == 0) meant = Elsewhere(key);
        return $"{(group.Length == 0 ? "" : group + ": ")}unknown field {SpecField.Quote(key)}{(meant.Count > 0 ? "" : "; one of " + string.Join(", ", keys))}{Suggestion.Question(meant)}";
    }

    private static string UnknownPath(string path)
    {
        // Mend one key after the other, from the left.
        var (mended, keys) = ("", path.Split('.'));
        var right = 0;
        for (; right < keys.Length && Suggestion.Nearest(keys[right], SpecFields.Keys(mended)) is [var nearest, ..]; right++) mended = SpecFields.Join(mended, nearest);
        var meant = right == keys.Length ? [mended] : Elsewhere(keys[^1]);
        var others = SpecFields.Keys(mended);
        var choice = right > 0 && others.Count > 0 ? $"; {mended} has {string.Join(", ", others)}" : $"; fields begin with {string.Join(", ", SpecFields.Keys(""))}";
        return $"unknown field {SpecField.Quote(path)}{(meant.Count > 0 ? "" : choice)}{Suggestion.Question(meant)}";
    }

    // A right key in the wrong place.
    private static IReadOnlyList<string> Elsewhere(string key)
    {
        var meant = Suggestion.Nearest(key, SpecFields.All.Select(f => f.Path.Split('.')[^1]));
        return [.. SpecFields.All.Select(f => f.Path).Where(p => meant.Contains(p.Split('.')[^1]))];
    }

    // Raw text keeps the quotes of a text that stands where a number should, so it is refused; not so "NaN", whose error is its range.
    private static string Text(JsonElement element, bool isText) => element.ValueKind switch
    {
        JsonValueKind.String when isText || element.GetString() is "NaN" or "Infinity" or "-Infinity" => element.GetString()!,
        JsonValueKind.Array => $"[{string.Join(", ", element.EnumerateArray().Select(e => Text(e, false)))}]",
        _ => element.GetRawText(),
    };

    private static JsonDocument Read(string json, string source)
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            // JSON has no NaN; quoted, it gets as far as the check of its field's range. As bytes, since those of half a
            // character are replaced, where the parser would refuse the string with an exception that is not JSON's.
            return JsonDocument.Parse(Encoding.UTF8.GetBytes(BareNonFinite().Replace(json, "\"$1\"")), options);
        }
        catch (JsonException e)
        {
            // The message quotes the text up to its end, control characters included.
            var message = e.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
            var what = string.Concat(message.Take(MaxMessage).Select(c => char.IsControl(c) ? ' ' : c));
            throw new SpecificationException($"{source}: line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: not valid JSON: {what}");
        }
    }

    [GeneratedRegex(@"(?<=[:\[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])")]
    private static partial Regex BareNonFinite();
}
