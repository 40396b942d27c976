using MoeOrleans.Compute.Replay;

namespace MoeOrleans.Compute.Tests.Replay;

public sealed class ReplayComparisonTests
{
    public static TheoryData<string> Folders() => [.. ReplayFixtures.Names()];

    [Theory]
    [MemberData(nameof(Folders))]
    public void In_double_it_is_PyTorchs_run(string name) => Check(ReplayComparison.Run<double>(ReplayFixtures.PathOf(name)), name, "double");

    [Theory]
    [MemberData(nameof(Folders))]
    public void In_float_it_is_PyTorchs_run(string name) => Check(ReplayComparison.Run<float>(ReplayFixtures.PathOf(name)), name, "float");

    [Fact]
    public void There_are_folders() => Folders().Count.ShouldBeGreaterThanOrEqualTo(26);

    private static void Check(ReplayReport report, string name, string precision)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(
            FormattableString.Invariant($"{name} {precision}: loss {report.Loss.Error:0.0e-0} change {report.Change.Error:0.0e-0} {report.Change.Tensor} {report.Change.Step}"));
        report.Failures.ShouldBeEmpty();
        report.Passed.ShouldBeTrue();
        (report.Case, report.Precision).ShouldBe((name, precision));
        report.Loss.Error.ShouldBeLessThanOrEqualTo(report.Limit);
        report.Change.Error.ShouldBeInRange(double.Epsilon, report.Limit);
    }
}
