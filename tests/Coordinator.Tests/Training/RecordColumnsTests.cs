using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>Records become numbers and are records again.</summary>
public sealed class RecordColumnsTests
{
    [Fact]
    public void Each_number_of_a_record_comes_back_in_its_place()
    {
        var training = new TrainingSpec { Schedule = ScheduleKind.Cosine, Steps = 2, Expert = new OptimiserSpec { Rate = 0.5 } };
        StepRecord[] records =
        [
            new(0, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5) { LearningRate = 0.5, GradientNorm = 9.5, BalanceLoss = 0.25, Evaluation = new(10.5, 11.5, 12.5, 13.5) },
            new(1, -1, double.NaN, 0, 1e-300, 2, 3, 4, 5) { LearningRate = LearningRate.At(training.Expert, training, 1).Rate, Evaluation = new(null, null, 1, 2) },
        ];

        RecordColumns.ToRecords(RecordColumns.Of(records), RecordColumns.OfEvaluations(records), training).ShouldBe(records);
    }
}
