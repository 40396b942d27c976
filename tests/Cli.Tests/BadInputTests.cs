using System.Globalization;

namespace MoeOrleans.Cli.Tests;

public sealed class BadInputTests
{
    private const string Spec = """{ "training": { "step": 5 } }""";

    [Theory]
    [InlineData("train --experts 0", "--experts: must be 1 to 4096, got 0")]
    [InlineData("train --shards 64", "--shards: must be 1 to 63, as the minibatch of 16,000 has 63 blocks of 256; got 64")]
    [InlineData("train --shards 2 --minibatch 256", "--shards: must be 1 to 1, as the minibatch of 256 has 1 block of 256; got 2")]
    [InlineData("train --threads 0", "--threads: must be 1 to 256; got 0")]
    [InlineData("train --threads many", "--threads: must be 1 to 256; got many")]
    [InlineData("train --activation swish", "--activation: unknown 'swish'; one of linear, cubic, relu, celu, gelu, tanh")]
    [InlineData("train --steps -5", "--steps: must be 1 to 10,000,000, got -5")]
    [InlineData("train --minibatch 16001", "--minibatch: training.minibatch must be at most 16000")]
    [InlineData("train --set training.expert.rate=NaN", "--set training.expert.rate: must be 0 to 1e30, got NaN")]
    [InlineData("train --set trainin.steps=3", "did you mean 'training.steps'?")]
    [InlineData("train --set", "--set: needs a value")]
    [InlineData("train --set data.dim=50 --set", "--set: needs a value")]
    [InlineData("train --output file", "--output: 'file' is a file")]
    [InlineData("train --output file/below", "is a file")]
    [InlineData("train --output full", "--output: folder 'full' is not empty, it has 'kept.txt'")]
    [InlineData("train --overwrite", "--overwrite: needs --output DIR")]
    [InlineData("train --report", "--report: needs --output DIR")]
    [InlineData("train --spec misspelt.json", "--spec misspelt.json: training: unknown field 'step'; did you mean 'steps' or 'stop'?")]
    [InlineData("train --spec absent.json", "--spec: there is no file 'absent.json'")]
    [InlineData("train --spec full", "--spec: 'full' is a folder")]
    [InlineData("train --exprts 4", "--exprts: unknown option; did you mean '--experts'?")]
    [InlineData("train --learning-rat 1", "--learning-rat: unknown option; did you mean '--learning-rate'?")]
    [InlineData("train --batch 32", "--batch: unknown option; did you mean '--batch-size'?")]
    [InlineData("train --weight-decay 0.1", "--weight-decay: unknown option; did you mean '--set training.expert.weightDecay=VALUE' or '--set training.router.weightDecay=VALUE'?")]
    [InlineData("compare --weight-decay 0.1", "--weight-decay: unknown option; see moe compare --help")]
    [InlineData("train --experts", "--experts: needs a value")]
    [InlineData("train --experts --steps 5", "--experts: needs a value")]
    [InlineData("train --steps 5 --steps 6", "--steps: given 2 times; give it once")]
    [InlineData("train extra", "extra: unexpected word")]
    [InlineData("spec --set data.dim=7", "data.dim must be at least 8")]
    [InlineData("bench --only speed", "--only: unknown part 'speed'; one or more of peak, kernels, step, experts, minibatch, threads, shards, determinism, memory")]
    [InlineData("bench --rounds 0", "--rounds: must be 1 to 1,000; got 0")]
    [InlineData("bench --threads two", "--threads: must be 1 to 256; got two")]
    [InlineData("train --silos 0", "--silos: must be 1 to 64; got 0")]
    [InlineData("train --silos 2 --clustering zookeeper", "--clustering: unknown 'zookeeper'; one of development, redis")]
    [InlineData("train --clustering redis", "--clustering: needs --silos N, the silos that it is for")]
    [InlineData("train --silos 2 --redis localhost:6379", "--redis: needs --clustering redis")]
    [InlineData("train --silos 2 --clustering redis --redis a=b=c", "--redis: redis: cannot read the connection string")]
    [InlineData("train --silos 2 --connect localhost:30000", "--silos: starts silos of its own; leave it out with --connect and --detach")]
    [InlineData("train --silos 2 --steps 2000000", "training.steps: the records of all steps would be a message of 128 MB, and silos send at most 66 MB; choose fewer steps")]
    [InlineData("train --connect localhost", "--connect: must be HOST:PORT of a silo's gateway, or redis://HOST:PORT")]
    [InlineData("train --connect localhost:30000/", "--connect: must be HOST:PORT of a silo's gateway, or redis://HOST:PORT")]
    [InlineData("train --connect localhost:70000", "--connect: must be HOST:PORT of a silo's gateway, or redis://HOST:PORT")]
    [InlineData("train --connect localhost:30000 --threads 2", "--threads: the silos of a running cluster have threads already; leave it out")]
    [InlineData("train --connect localhost:30000 --detach --report", "--report: a detached run's files are written by 'moe fetch RUN --output DIR'")]
    [InlineData("train --connect localhost:30000 --detach --output new", "--output: a detached run's files are written by 'moe fetch RUN --output DIR'")]
    [InlineData("train --page-port 70000", "--page-port: must be 1 to 65,535; got 70000")]
    [InlineData("train --connect localhost:30000 --detach --page", "--page: the command does not wait for a detached run; 'moe cluster up --page' or moe-silo --page-port serves the page")]
    [InlineData("train --connect localhost:30000 --detach --page-port 8321", "--page: the command does not wait for a detached run; 'moe cluster up --page' or moe-silo --page-port serves the page")]
    [InlineData("train --dispatch pigeon", "--dispatch: unknown 'pigeon'; one of reference, payload")]
    [InlineData("watch", "moe watch: needs RUN; see moe watch --help")]
    [InlineData("train --output full/kept.txt", "--output: 'full/kept.txt' is a file")]
    [InlineData("fetch 41 --connect localhost:30000", "fetch: needs --output DIR, the folder for the run's files")]
    [InlineData("cluster up --threads 0", "--threads: must be 1 to 256; got 0")]
    [InlineData("cluster dwon", "dwon: unknown command; did you mean 'down'?")]
    [InlineData("trian", "trian: unknown command; did you mean 'train'?")]
    public async Task One_line_says_what_to_change_and_nothing_is_written(string arguments, string expected)
    {
        using var workspace = new Workspace();
        workspace.Write("file", "");
        workspace.Write("misspelt.json", Spec);
        workspace.Write("full/kept.txt", "");
        var before = workspace.Entries.ToArray();

        var result = await MoeCommand.Run(workspace, arguments.Split(' '));

        result.Errors.ShouldHaveSingleItem().ShouldContain(expected);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        workspace.Entries.ShouldBe(before);
    }

    [Fact]
    public async Task A_process_ends_with_the_line_and_the_exit_code_of_its_command()
    {
        using var workspace = new Workspace();

        var result = await MoeProcess.Run(workspace, "trian");

        result.Errors.ShouldBe(["trian: unknown command; did you mean 'train'?"]);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_parent_that_cannot_be_written_is_refused_before_the_run()
    {
        // Not even root can create a folder there.
        if (!Directory.Exists("/proc/self")) Assert.Skip("Needs a file system that nobody can write to.");
        using var workspace = new Workspace();

        var result = await MoeCommand.Run(workspace, "train", "--output", "/proc/moe/out");

        result.Errors.ShouldHaveSingleItem().ShouldBe("--output: cannot write to '/proc/moe/out': nothing can be created in '/proc'; name another");
        result.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("training.expert.rate=1e30", "training diverged; lower training.expert.rate or training.router.rate; its steps are in '{0}'", true)]
    [InlineData("model.initialScale=1e30", "before any update: the inputs or the initial weights are too large; scale the data, or lower model.initialScale.", false)]
    public async Task A_run_that_diverges_fails_in_one_line_and_leaves_its_steps(string set, string advice, bool hasSteps)
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Train(workspace, "--set", set, "--set", "training.stop.enabled=false", "--output", "out", "--json");

        var line = result.Errors.ShouldHaveSingleItem();
        line.ShouldStartWith("moe: The loss of step");
        line.ShouldEndWith(string.Format(CultureInfo.InvariantCulture, advice, workspace.At("out", "metrics.csv")));
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        workspace.Entries.ShouldBe(hasSteps ? ["out", "out/metrics.csv", "out/specification.json"] : []);
    }
}
