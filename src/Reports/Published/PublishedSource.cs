namespace MoeOrleans.Reports.Published;

/// <summary>Source of the published figures.</summary>
/// <param name="Paper">The paper.</param>
/// <param name="Repository">The repository of its official code.</param>
/// <param name="Licence">That repository's licence.</param>
/// <param name="What">What is quoted.</param>
internal sealed record PublishedSource(string Paper, string Repository, string Licence, string What)
{
    /// <summary>The official repository's recorded outputs.</summary>
    public static PublishedSource Official { get; } = new(
        "Chen, Deng, Wu, Gu, Li: Towards Understanding Mixture of Experts in Deep Learning, NeurIPS 2022, arXiv 2208.02813",
        "https://github.com/uclaml/MoE",
        "Apache-2.0",
        "Outputs recorded in the repository: a single model's value is one run, a mixture's the mean and population deviation of ten initialisations on one data set; entropy curves are the mean and 95 % half-width of ten runs");
}
