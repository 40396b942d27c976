namespace MoeOrleans.Compute.Specification;

/// <summary>What the fields of the optimisers and of the schedule demand of each other.</summary>
internal static class TrainingConflicts
{
    /// <summary>The conflicts, with the fields that can be changed to mend them.</summary>
    public static IEnumerable<FieldConflict> Of(TrainingSpec training) =>
        [.. Of("training.expert", training.Expert), .. Of("training.router", training.Router), .. OfSchedule(training)];

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
            yield return new(["training.warmup", "training.schedule"], $"training.warmup must be 0 where training.schedule is {SpecField.Format(training.Schedule)}; set training.schedule to warmupCosine");
        if (training.Warmup > training.Steps)
            yield return new(["training.warmup", "training.steps"], $"training.warmup must be at most {training.Steps}, which is training.steps, got {training.Warmup}");
        if (training.DecayEvery != 0 && training.Schedule != ScheduleKind.Step)
            yield return new(["training.decayEvery", "training.schedule"], $"training.decayEvery must be 0 where training.schedule is {SpecField.Format(training.Schedule)}; set training.schedule to step");
    }
}
