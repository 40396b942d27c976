namespace MoeOrleans.Compute.Specification;

/// <summary>What the fields of the optimisers and of the schedule demand of each other.</summary>
internal static class TrainingConflicts
{
    /// <summary>The conflicts, with the fields that can be changed to mend them.</summary>
    public static IEnumerable<FieldConflict> Of(RunSpec spec) =>
        [.. Of("training.expert", spec.Training.Expert), .. Of("training.router", spec.Training.Router), .. OfSchedule(spec.Training), .. OfEvaluation(spec.Training, spec.Data.Validation), .. OfInitialWeights(spec.Training)];

    private static IEnumerable<FieldConflict> OfEvaluation(TrainingSpec training, int validation)
    {
        const string Mend = "hold samples out, such as with --validation 0.1, or add files of them";
        if (validation > 0 && training.EvaluateEvery == 0)
            yield return new(["training.evaluateEvery", "data.validation"], "training.evaluateEvery must be at least 1 where there are validation samples; leave it out, or leave them out with --validation 0");
        if (validation == 0 && training.EarlyStop > 0)
            yield return new(["training.earlyStop"], $"training.earlyStop needs validation samples; {Mend}");
        if (training.KeepBestBy == KeepBestBy.Loss) yield break;
        if (!training.KeepBest) yield return new(["training.keepBestBy", "training.keepBest"], "training.keepBestBy has no meaning where training.keepBest is false; set training.keepBest to true");
        else if (validation == 0) yield return new(["training.keepBestBy"], $"training.keepBestBy validation needs validation samples; {Mend}");
    }

    private static IEnumerable<FieldConflict> OfInitialWeights(TrainingSpec training)
    {
        if (training.InitialWeights.Length > 0 && training.InitialWeightsSha256.Length == 0)
            yield return new(["training.initialWeights"], "training.initialWeightsSha256 must be the hash of the weights in training.initialWeights; --initial-weights FILE fills in both");
        if (training.InitialWeights.Length == 0 && training.InitialWeightsSha256.Length > 0)
            yield return new(["training.initialWeightsSha256"], "training.initialWeights must name the file of the weights with training.initialWeightsSha256; --initial-weights FILE fills in both");
    }

    private static IEnumerable<FieldConflict> Of(string path, OptimiserSpec optimiser)
    {
        if (optimiser.IsAdam && optimiser.Momentum != 0)
            yield return new([$"{path}.momentum", $"{path}.method"], $"{path}.momentum must be 0 where {path}.method is {SpecField.Format(optimiser.Method)}, which has means of its own");
        if (optimiser.Clip != 0 && optimiser.Normalise != NormKind.None)
            yield return new([$"{path}.clip", $"{path}.normalise"], $"{path}.clip must be 0 where {path}.normalise is {SpecField.Format(optimiser.Normalise)}, which gives every gradient the same norm; set {path}.normalise to none");
    }

    private static IEnumerable<FieldConflict> OfSchedule(TrainingSpec training)
    {
        if (training.Warmup != 0 && training.Schedule != ScheduleKind.WarmupCosine)
            yield return new(["training.warmup", "training.schedule"], $"training.warmup must be 0 where training.schedule is {SpecField.Format(training.Schedule)}; set training.schedule to warmup-cosine");
        if (training.Warmup > training.Steps)
            yield return new(["training.warmup", "training.steps"], $"training.warmup must be at most {training.Steps}, which is training.steps, got {training.Warmup}");
        if (training.DecayEvery != 0 && training.Schedule != ScheduleKind.Step)
            yield return new(["training.decayEvery", "training.schedule"], $"training.decayEvery must be 0 where training.schedule is {SpecField.Format(training.Schedule)}; set training.schedule to step");
    }
}
