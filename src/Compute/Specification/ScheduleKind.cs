namespace MoeOrleans.Compute.Specification;

/// <summary>How learning rates change over the steps of a run.</summary>
public enum ScheduleKind
{
    /// <summary>They stay as they are.</summary>
    Constant,

    /// <summary>They fall along half a cosine, to 0 after the last step.</summary>
    Cosine,

    /// <summary>They are multiplied by <see cref="TrainingSpec.DecayFactor"/> every <see cref="TrainingSpec.DecayEvery"/> steps.</summary>
    Step,

    /// <summary>They rise in <see cref="TrainingSpec.Warmup"/> equal steps, then fall along half a cosine.</summary>
    WarmupCosine,
}
