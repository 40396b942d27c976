using System.Globalization;

namespace MoeOrleans.Compute.Specification;

/// <content>Epochs, optimisers by name, and what follows from the number of samples.</content>
public sealed partial class SpecificationBuilder
{
    private const int MaxEpochs = 1_000_000;

    private (int Count, string Where)? _epochs;

    /// <summary>Sets the steps to whole passes over the training set, whose size need not be known yet.</summary>
    /// <param name="value">Number of passes as typed.</param>
    /// <param name="source">What the user typed it behind, such as "--epochs": errors begin with it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">The value is not valid.</exception>
    internal SpecificationBuilder SetEpochs(string value, string source)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var epochs) || epochs is < 1 or > MaxEpochs)
            throw new SpecificationException(string.Create(CultureInfo.InvariantCulture, $"{source}: must be a whole number 1 to {MaxEpochs:N0}, got {SpecField.Quote(value)}"));
        _epochs = (epochs, source);
        return this;
    }

    /// <summary>Chooses an optimiser for experts and router by the name that PyTorch has for it, with its own rates and without normalisation.</summary>
    /// <param name="name">sgd, adam or adamw.</param>
    /// <param name="source">What the user typed it behind, such as "--optimizer": errors begin with it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">There is no such optimiser.</exception>
    internal SpecificationBuilder SetOptimiser(string name, string source)
    {
        foreach (var (path, value) in NamedOptimiser.Fields(name, source)) Set(path, value, source);
        return this;
    }

    /// <summary>Sets what depends on the number of samples or of experts and was not given: minibatch, block and steps.</summary>
    private void SetSizes(Dictionary<string, object> values)
    {
        SetValidation(values);
        var (isPlain, train, experts) = (values["recipe"] is Recipe.Plain, (int)values["data.train"], (int)values["model.experts"]);
        if (isPlain && LastOf("training.minibatch").Field is null) values["training.minibatch"] = PlainRecipe.MinibatchOf(train);
        var minibatch = (int)values["training.minibatch"];
        if (LastOf("training.block").Field is null) values["training.block"] = isPlain ? PlainRecipe.Block(Expert, experts, train, minibatch) : Expert.DefaultBlock(experts);
        // The rule compares single losses: one of a minibatch that happens to be hard would end the run.
        if (minibatch > 0 && minibatch < train && LastOf("training.stop.enabled").Field is null) values["training.stop.enabled"] = false;
        var steps = LastOf("training.steps");
        if (_epochs is { } given && steps.Typed) throw new SpecificationException($"{given.Where}: cannot be combined with {steps.Where}; leave one of them out");
        if (_epochs is null && (!isPlain || steps.Field is not null)) return;
        var (count, where) = _epochs ?? (PlainRecipe.Epochs, "training.steps");
        var whole = PlainRecipe.StepsOf(count, train, minibatch);
        if (_epochs is null) whole = Math.Max(whole, PlainRecipe.FewestSteps);
        var largest = (long)SpecFields.Find("training.steps")!.Attribute.Max;
        if (whole > largest)
            throw new SpecificationException(string.Create(CultureInfo.InvariantCulture, $"{where}: {count:N0} epochs are {whole:N0} steps of {train:N0} samples by training.minibatch {minibatch:N0}, but at most {largest:N0} are allowed; make it smaller"));
        values["training.steps"] = (int)whole;
    }
}
