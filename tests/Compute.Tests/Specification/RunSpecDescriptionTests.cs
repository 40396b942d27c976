using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

public sealed class RunSpecDescriptionTests
{
    [Fact]
    public void Every_leaf_is_described_in_order()
    {
        var fields = RunSpecDescription.Describe();
        fields.Select(f => f.Path).ShouldBe(Leaves.All.Select(l => l.Path));
        foreach (var field in fields)
        {
            string[] texts = [field.Type, field.Default, field.Range, field.Meaning];
            texts.ShouldAllBe(t => t.Length > 0 && t.Length < 110 && !t.Any(char.IsControl), field.Path);
        }
    }

    [Fact]
    public void Descriptions_are_right() => new[] { "data.path", "data.setting", "data.alpha", "model.experts", "model.bias", "routing.noise", "training.expert.rate" }
        .Select(path => RunSpecDescription.Describe().Single(f => f.Path == path)).ShouldBe(
    [
        new("data.path", "text", "\"\"", "the path of a folder", "Folder of the files"),
        new("data.setting", "name", "1", "1, 2, 3, 4, theorem", "Published setting whose ranges the data starts from"),
        new("data.alpha", "[low, high]", "[0.5, 2]", "[low, high], both 0 to 1,000,000", "Strength of the feature signal, uniform"),
        new("model.experts", "integer", "8", "1 to 4096", "Experts M"),
        new("model.bias", "boolean", "true", "true or false", "Whether the experts' units have a bias"),
        new("routing.noise", "name", "fresh", "fresh, fixed, off", "Router noise: fresh each step, fixed for the run, or off (only breaks ties)"),
        new("training.expert.rate", "number", "0.001", "0 to 1e30", "Learning rate"),
    ]);

    [Fact]
    public void Described_defaults_can_be_set_and_give_the_default()
    {
        var builder = new SpecificationBuilder();
        // Of all fields this alone has no meaning for the default's experts.
        foreach (var field in RunSpecDescription.Describe().Where(field => field.Path != "model.hidden")) builder.Set(field.Path, field.Default, field.Path);
        builder.Build().ShouldBe(new RunSpec());
    }
}
