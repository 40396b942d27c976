using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Plan;

namespace MoeOrleans.Reports.Tests.Plan;

public sealed class ReproductionPlanTests
{
    private static readonly string[] s_allParts = [.. ReproductionPlan.Parts.Select(part => part.Name)];

    [Fact]
    public void The_table_has_ten_initialisations_of_each_row_and_three_of_the_matched_baseline()
    {
        var plan = Plan(["1", "2"], ReproductionPart.Table);

        plan.Count.ShouldBe(2 * ((2 * 10) + (2 * 10) + (2 * 3)));
        plan.ShouldAllBe(run => run.Spec.Data.Seed == 1 && run.Parts.Single() == ReproductionPart.Table);
        foreach (var spec in plan.Select(run => run.Spec).Where(spec => spec.Model.Kind == ModelKind.Mixture))
        {
            var preset = Presets.For(Recipe.Reference, spec.Data.Setting, ModelKind.Mixture, spec.Model.Activation);
            spec.ShouldBe(preset with { Training = preset.Training with { Seed = spec.Training.Seed } });
        }

        plan.Count(run => run.Spec.Model is { Kind: ModelKind.Single, Filters: 64, Activation.Name: "linear" } && run.Spec.Data.Setting == "2").ShouldBe(3);
    }

    [Fact]
    public void Wide_has_all_runs_of_every_width_and_six_activations_on_every_setting()
    {
        var plan = ReproductionPlan.Of(new PlanOptions(["1"], 10, 0, Wide: true, [ReproductionPart.Table, ReproductionPart.Bounds], []));

        foreach (var filters in (int[])[40, 64, 256])
            plan.Count(run => run.Parts.Contains(ReproductionPart.Table) && run.Spec.Model.Kind == ModelKind.Single && run.Spec.Model.Filters == filters).ShouldBe(20);
        plan.Where(run => run.Parts.Contains(ReproductionPart.Bounds)).Select(run => run.Spec.Model.Activation.Name).Distinct()
            .ShouldBe(["linear", "cubic", "relu", "celu", "gelu", "tanh"]);
    }

    [Fact]
    public void A_run_that_several_parts_need_is_done_once()
    {
        var plan = Plan(["1", "theorem"], s_allParts);

        plan.Select(run => run.Name).ShouldBeUnique();
        plan.Select(run => SpecHash.Of(run.Spec)).ShouldBeUnique();
        plan.Single(run => SpecHash.Of(run.Spec) == SpecHash.Of(new RunSpec())).Parts
            .ShouldBe([ReproductionPart.Table, ReproductionPart.Noise, ReproductionPart.LoadBalance, ReproductionPart.Experts, ReproductionPart.Clusters]);
        plan.Where(run => run.Spec is { Data.Setting: "theorem", Model: { Kind: ModelKind.Mixture, Activation.Name: "cubic" }, Recipe: Recipe.Reference })
            .ShouldAllBe(run => run.Parts.SequenceEqual(new[] { ReproductionPart.Table, ReproductionPart.Specialisation }));
        plan.Where(run => run.Spec is { Data.Setting: "theorem", Model: { Kind: ModelKind.Single, Filters: 64, Activation.Name: "linear" } })
            .ShouldAllBe(run => run.Parts.SequenceEqual(new[] { ReproductionPart.Table, ReproductionPart.Bounds }) && run.Spec.Training.Expert.Rate == 0.001);
    }

    [Fact]
    public void The_curves_draw_their_noise_once_have_a_norm_for_each_tensor_and_do_not_stop_early()
    {
        var plan = Plan(["1", "2", "3"], ReproductionPart.Curves);

        plan.Count.ShouldBe(2 * 2 * 10);
        plan.ShouldAllBe(run => run.Spec.Routing.Noise == NoiseKind.Fixed && run.Spec.Training.Expert.Normalise == NormKind.Tensor && !run.Spec.Training.Stop.Enabled && run.Spec.Training.Steps == 501);
    }

    [Theory]
    [InlineData(ReproductionPart.Noise, 4)]
    [InlineData(ReproductionPart.LoadBalance, 4)]
    [InlineData(ReproductionPart.Experts, 6)]
    [InlineData(ReproductionPart.Clusters, 5)]
    public void A_sweep_has_three_initialisations_of_each_value_on_the_first_setting(string part, int values)
    {
        var plan = Plan(["2", "4"], part);

        plan.Count.ShouldBe(values * 3);
        plan.ShouldAllBe(run => run.Spec.Data.Setting == "2");
    }

    [Fact]
    public void Over_data_sets_each_run_has_its_own_data_and_initialisation()
    {
        var plan = ReproductionPlan.Of(new PlanOptions(["3"], 1, 4, false, [ReproductionPart.OverData], []));

        plan.Count.ShouldBe(4 * 4);
        plan.ShouldAllBe(run => run.Spec.Data.Seed == run.Spec.Training.Seed);
        plan.Select(run => run.Spec.Data.Seed).Distinct().ShouldBe([1, 2, 3, 4], ignoreOrder: true);
    }

    [Fact]
    public void Both_recipes_are_run_for_theorem_4_2_in_its_setting_alone()
    {
        Plan(["1", "4"], ReproductionPart.Specialisation).ShouldBeEmpty();
        Plan(["theorem"], ReproductionPart.Specialisation).CountBy(run => run.Spec.Recipe).ShouldBe(
            [KeyValuePair.Create(Recipe.Reference, 10), KeyValuePair.Create(Recipe.Paper, 10)], ignoreOrder: true);
    }

    [Fact]
    public void A_change_is_made_to_every_run_and_gives_it_another_name()
    {
        var plan = ReproductionPlan.Of(new PlanOptions(["1"], 2, 0, false, [ReproductionPart.Table], ["data.sigma=1.5"]));

        plan.ShouldAllBe(run => run.Spec.Data.Sigma == 1.5);
        plan.Select(run => run.Name).Intersect(ReproductionPlan.Of(new PlanOptions(["1"], 2, 0, false, [ReproductionPart.Table], [])).Select(run => run.Name)).ShouldBeEmpty();
    }

    private static IReadOnlyList<PlannedRun> Plan(string[] settings, params string[] parts) => ReproductionPlan.Of(new PlanOptions(settings, 10, 0, false, parts, []));
}
