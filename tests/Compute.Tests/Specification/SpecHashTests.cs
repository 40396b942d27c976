using System.Security.Cryptography;
using System.Text;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

public sealed class SpecHashTests
{
    [Fact]
    public void The_hash_is_of_this_text()
    {
        const string text =
            """{"data.alpha":[0.5,2],"data.beta":[1,2],"data.clusters":4,"data.dim":50,"data.gamma":[0.5,3],"data.patches":4,"data.scale":10,"data.seed":1,"data.sigma":1,"data.test":16000,"data.train":16000,"model.activation":"cubic","model.bias":true,"model.expert":"cnn","model.experts":8,"model.filters":8,"model.initialScale":0.001,"model.initialisation":"uniform","model.loss":"softmaxCrossEntropy","model.outputs":2,"numericsVersion":1,"routing.gate":"score","routing.loadBalance":0,"routing.noise":"fresh","routing.noiseInArgmax":true,"routing.noiseInGate":true,"training.block":256,"training.expert.beta1":0.9,"training.expert.beta2":0.999,"training.expert.epsilon":1E-08,"training.expert.method":"gradientDescent","training.expert.momentum":0,"training.expert.normalise":"sum","training.expert.rate":0.001,"training.expert.weightDecay":0,"training.keepBest":false,"training.minibatch":0,"training.router.beta1":0.9,"training.router.beta2":0.999,"training.router.epsilon":1E-08,"training.router.method":"gradientDescent","training.router.momentum":0,"training.router.normalise":"none","training.router.rate":0.1,"training.router.weightDecay":0,"training.seed":1,"training.steps":501,"training.stop.enabled":true,"training.stop.floor":0.314,"training.stop.from":0,"training.stop.rise":0.02}""";
        SpecHash.Of(new RunSpec()).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void The_default_specifications_hash_is_pinned() =>
        SpecHash.Of(new RunSpec()).ShouldBe("96b1eeba1c9188102bf892229bf623cf429799030a9f345952abe85081692012");

    [Fact]
    public void Every_leaf_changes_the_hash_but_labels_do_not()
    {
        var hashes = new HashSet<string> { SpecHash.Of(new RunSpec()) };
        foreach (var (path, chain) in Leaves.All)
        {
            var hash = SpecHash.Of(Leaves.With(new RunSpec(), chain, Other(Leaves.Get(new RunSpec(), chain))));
            hashes.Add(hash).ShouldBe(path is not ("recipe" or "data.path" or "data.sha256" or "data.validationSha256" or "data.setting" or "data.classNames" or "data.columns" or "data.standardize" or "model.kind" or "routing.replayPath" or "training.initialWeights"), path);
        }
    }

    [Fact]
    public void The_hash_of_data_from_files_is_of_what_they_hold_not_of_ranges_or_of_where_they_are()
    {
        var spec = new RunSpec { Data = new DataSpec { Source = DataSource.Files, Path = "a", Sha256 = new('0', 64) } };
        var hashes = new HashSet<string> { SpecHash.Of(spec) };
        string[] without = ["recipe", "model.kind", "routing.replayPath", "training.initialWeights", "data.path", "data.classNames", "data.columns", "data.setting", "data.seed", "data.alpha", "data.beta", "data.gamma", "data.sigma", "data.scale"];
        foreach (var (path, chain) in Leaves.All.Where(leaf => leaf.Path != "data.source"))
            hashes.Add(SpecHash.Of(Leaves.With(spec, chain, Other(Leaves.Get(spec, chain))))).ShouldBe(!without.Contains(path), path);
        hashes.ShouldNotContain(SpecHash.Of(new RunSpec()));
    }

    // Specifications that were hashed and saved before a field was added keep their hash and their JSON form.
    [Theory]
    [InlineData("routing.replaySha256")]
    [InlineData("routing.balance")]
    [InlineData("training.initialWeightsSha256")]
    [InlineData("training.schedule")]
    [InlineData("training.warmup")]
    [InlineData("training.decayEvery")]
    [InlineData("training.decayFactor")]
    [InlineData("data.validation")]
    [InlineData("training.evaluateEvery")]
    [InlineData("training.earlyStop")]
    [InlineData("training.keepBestBy")]
    [InlineData("training.expert.clip")]
    [InlineData("training.router.clip")]
    public void A_field_that_was_added_later_is_hashed_and_written_only_if_it_differs_from_its_default(string path)
    {
        var chain = Leaves.All.Single(leaf => leaf.Path == path).Chain;
        var changed = Leaves.With(new RunSpec(), chain, Other(Leaves.Get(new RunSpec(), chain)));
        SpecFields.Of(new RunSpec()).ShouldNotContain(field => field.Path == path);
        SpecFields.Of(changed).ShouldContain(field => field.Path == path);
        SpecHash.Of(changed).ShouldNotBe(SpecHash.Of(new RunSpec()));
    }

    [Fact]
    public void Minus_zero_is_zero() =>
        SpecHash.Of(new SpecificationBuilder().Set("training.router.rate=-0").Build()).ShouldBe(SpecHash.Of(new SpecificationBuilder().Set("training.router.rate=0").Build()));

    [Fact]
    public void The_smallest_change_of_a_number_changes_the_hash()
    {
        var spec = new RunSpec();
        SpecHash.Of(spec with { Data = spec.Data with { Sigma = Math.BitIncrement(1.0) } }).ShouldNotBe(SpecHash.Of(spec));
        SpecHash.Of(spec with { Data = spec.Data with { Alpha = new(0.5, Math.BitDecrement(2.0)) } }).ShouldNotBe(SpecHash.Of(spec));
    }

    private static object Other(object value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        long number => number + 1,
        double number => number + 1,
        "cnn" => "mlp",
        string => "theorem",
        UniformRange range => range with { Low = range.Low / 2 },
        Activation activation => Activation.All.First(other => other != activation),
        // Also where there is no such name: the hash need not know.
        _ => Enum.ToObject(value.GetType(), (int)value + 1),
    };
}
