using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Compute.Specification;

/// <summary>What the fields of the model demand of each other: outputs and loss, and what only one kind of expert has.</summary>
internal static class ModelConflicts
{
    /// <summary>The conflicts, with the fields that can be changed to mend them.</summary>
    public static IEnumerable<(string[] Paths, string Error)> Of(ModelSpec model)
    {
        if (model.Loss == LossKind.Logistic ? model.Outputs != 1 : model.Outputs < 2)
        {
            var outputs = model.Loss == LossKind.Logistic ? "1" : "at least 2";
            yield return (["model.outputs", "model.loss"],
                $"model.outputs must be {outputs} where model.loss is {SpecField.Format(model.Loss)}, got {model.Outputs}; set model.outputs to {outputs} or change model.loss");
        }

        var (spec, defaults) = (new RunSpec { Model = model }, new RunSpec());
        foreach (var field in SpecFields.All.Where(field => IsMeaningless(field, model.Expert) && !Equals(field.Get(spec), field.Get(defaults))))
            yield return ([field.Path, "model.expert"], Meaningless(field, model.Expert));
        if (model.Expert != ExpertKind.Mlp) yield break;
        if (model.Activation != Activation.Relu)
            yield return (["model.activation", "model.expert"], $"model.activation must be relu where model.expert is mlp, got {SpecField.Format(model.Activation)}; leave it out");
        if (!model.Bias) yield return (["model.bias", "model.expert"], "model.bias must be true where model.expert is mlp; leave it out");
    }

    /// <summary>Whether only another kind of expert has a field.</summary>
    public static bool IsMeaningless(SpecField field, ExpertKind expert) => expert == ExpertKind.Mlp ? field.Attribute.OfCnn : field.Attribute.OfMlp;

    /// <summary>What is wrong with such a field.</summary>
    public static string Meaningless(SpecField field, ExpertKind expert) =>
        $"{field.Path} has no meaning where model.expert is {SpecField.Format(expert)}; leave it out";
}
