using MoeOrleans.Bench.Planning;

namespace MoeOrleans.Bench.Tests.Planning;

/// <summary>Files of constants. What is refused: <c>PlanTests</c> of the command.</summary>
public sealed class ConstantsFileTests
{
    [Fact]
    public void Written_constants_read_back_as_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("moe-constants-");
        try
        {
            var (path, again) = (Path.Combine(folder.FullName, "a.json"), Path.Combine(folder.FullName, "b.json"));
            ConstantsFile.CheckWritable(path, "--constants");
            ConstantsFile.Write(path, ConstantsFile.BuiltIn, "--constants");
            ConstantsFile.Write(again, ConstantsFile.Read(path, "--constants"), "--constants");

            File.ReadAllText(again).ShouldBe(File.ReadAllText(path));
            folder.GetFiles().Select(file => file.Name).Order().ShouldBe(["a.json", "b.json"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_constants_of_this_program_name_their_machine_and_commit()
    {
        var constants = ConstantsFile.BuiltIn;

        constants.Machine.Processor.ShouldNotBeEmpty();
        constants.Version.ShouldContain('+');
        constants.Experts.Select(kind => kind.Kind).ShouldBe(["cnn", "mlp"]);
    }
}
