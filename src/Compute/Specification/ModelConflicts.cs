using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>What the fields of the model demand of each other: outputs and loss, and what only one kind of expert has.</summary>
internal static class ModelConflicts
{
    /// <summary>The conflicts, with the fields that can be changed to mend them.</summary>
    public static IEnumerable<FieldConflict> Of(ModelSpec model)
    {
        if (model.Loss == LossKind.Logistic ? model.Outputs != 1 : model.Outputs < 2)
        {
            var outputs = model.Loss == LossKind.Logistic ? "1" : "at least 2";
            yield return new(["model.outputs", "model.loss"],
                $"model.outputs must be {outputs} where model.loss is {SpecField.Format(model.Loss)}, got {model.Outputs}; set model.outputs to {outputs} or change model.loss");
        }

        foreach (var conflict in ExpertKinds.Of(model).Conflicts(model)) yield return conflict;
    }

    /// <summary>Whether only another kind of expert has a field.</summary>
    public static bool IsMeaningless(SpecField field, ModelSpec model) => field.Kind is { } kind && kind.Name != model.Expert;

    /// <summary>What is wrong with such a field.</summary>
    public static string Meaningless(SpecField field, ModelSpec model) => $"{field.Path} has no meaning where model.expert is {model.Expert}; leave it out";
}
