using MoeOrleans.Compute.Data;
using MoeOrleans.Reports.Figures.Runs;

namespace MoeOrleans.Reports.Tests.Figures.Runs;

public sealed class StarCoordinatesTests
{
    private static readonly Signals Signals = Signals.Draw(3, 4, 20);
    private static readonly StarCoordinates Star = new(Signals);

    [Fact]
    public void A_clusters_samples_lie_along_its_ray_as_far_as_their_centre_is_strong()
    {
        Place(2, Signals.Centre[0]).ShouldBe((0, 2), "the first ray points up");
        Place(3, Signals.Centre[1]).ShouldBe((3, 0), "the second of four to the right");
    }

    [Fact]
    public void The_label_pushes_a_sample_to_one_side_of_the_ray_by_035_of_its_strength()
    {
        Place(1, Signals.Feature[0]).ShouldBe((-0.35, 0));
        Place(-1, Signals.Feature[0]).ShouldBe((0.35, 0));
    }

    private static (double X, double Y) Place(double strength, double[] signal)
    {
        var place = Star.Of([.. signal.Select(x => (float)(strength * x))]);
        return (Math.Round(place.X, 5) + 0.0, Math.Round(place.Y, 5) + 0.0);
    }
}
