using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Tests.Published;

public sealed class PublishedTests
{
    [Fact]
    public void A_single_models_value_is_one_run_and_a_mixtures_ten()
    {
        PublishedTable.Find("2", ModelKind.Single, Activation.Cubic, 256).ShouldBe(
            new PublishedRow("2", ModelKind.Single, Activation.Cubic, 256, new PublishedValue(52.09, null, 1), null));
        PublishedTable.Find("1", ModelKind.Mixture, Activation.Cubic, 8).ShouldBe(
            new PublishedRow("1", ModelKind.Mixture, Activation.Cubic, 8, new PublishedValue(99.46, 0.55, 10), new PublishedValue(0.098, 0.088, 10)));
    }

    [Fact]
    public void There_is_one_row_for_each_model_of_settings_1_and_2_and_none_of_others()
    {
        PublishedTable.Rows.Select(row => (row.Setting, row.Model, row.Activation, row.Filters)).ShouldBeUnique();
        PublishedTable.Rows.Count.ShouldBe(16);
        PublishedTable.Rows.ShouldAllBe(row => row.Setting == "1" || row.Setting == "2");
        PublishedTable.Find("3", ModelKind.Mixture, Activation.Cubic, 8).ShouldBeNull();
        PublishedTable.Find("1", ModelKind.Mixture, Activation.Relu, 8).ShouldBeNull();
    }

    [Fact]
    public void Every_curve_has_the_listed_epochs_and_begins_without_specialisation()
    {
        PublishedCurves.All.Select(curve => (curve.Setting, curve.Activation)).ShouldBe(
            [("1", Activation.Cubic), ("1", Activation.Linear), ("2", Activation.Cubic), ("2", Activation.Linear)], ignoreOrder: true);
        foreach (var curve in PublishedCurves.All)
        {
            curve.Points.Select(point => point.Epoch).ShouldBe([0, 25, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500]);
            curve.Points[0].Mean.ShouldBe(Math.Log(4), 0.002);
            (curve.Points[^1].Mean > 1).ShouldBe(curve.Activation == Activation.Linear);
        }

        PublishedCurves.Find("2", Activation.Cubic)!.Points[2].ShouldBe(new PublishedCurvePoint(50, 0.720, 0.061));
    }
}
