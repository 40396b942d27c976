using MoeOrleans.Coordinator.Training;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>Records become numbers and are records again.</summary>
public sealed class RecordColumnsTests
{
    [Fact]
    public void Each_number_of_a_record_comes_back_in_its_place()
    {
        StepRecord[] records = [new(0, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5), new(1, -1, double.NaN, 0, 1e-300, 2, 3, 4, 5)];

        RecordColumns.ToRecords(RecordColumns.Of(records)).ShouldBe(records);
    }
}
