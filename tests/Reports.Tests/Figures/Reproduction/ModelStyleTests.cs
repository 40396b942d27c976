using MoeOrleans.Compute.Activations;
using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Figures.Reproduction;

namespace MoeOrleans.Reports.Tests.Figures.Reproduction;

public sealed class ModelStyleTests
{
    [Fact]
    public void Every_activation_has_a_look_of_its_own_and_published_values_another()
    {
        SeriesStyle[] styles = [.. Activation.All.Select(ModelStyle.Of)];
        styles.ShouldBeUnique();
        styles.Select(style => style.Color).ShouldNotContain(ModelStyle.Published.Color);
        (ModelStyle.Of(Activation.Cubic), ModelStyle.Of(Activation.Linear)).ShouldBe((SeriesStyle.Of(0), SeriesStyle.Of(1)));
    }
}
