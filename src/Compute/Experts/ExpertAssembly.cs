using System.Reflection;
using System.Security.Cryptography;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>An assembly outside this project that contains kinds of expert.</summary>
internal static class ExpertAssembly
{
    /// <summary>Loads an assembly and makes one of each kind of expert in it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SpecificationException">It has none, or cannot be loaded here.</exception>
    public static IReadOnlyList<IExpertKind> Load(string path)
    {
        var file = Path.GetFullPath(path);
        if (!File.Exists(file)) throw new SpecificationException($"there is no file '{path}'");
        CheckReferences(file, path);
        try
        {
            // Into the default context, so that its types and ours are the same; what it needs is looked for next to it.
            var assembly = Assembly.LoadFrom(file);
            if (assembly.Location != file && Sha256(assembly.Location) != Sha256(file))
                throw new SpecificationException($"'{path}' cannot be loaded: another build of it is loaded already, from '{assembly.Location}'");
            var types = assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IExpertKind).IsAssignableFrom(type)).ToArray();
            if (types.FirstOrDefault(type => type.GetConstructor(Type.EmptyTypes) is null) is { } closed)
                throw new SpecificationException($"'{path}' cannot be loaded: {closed.Name} needs a constructor without parameters");
            return types.Length > 0
                ? [.. types.Select(type => (IExpertKind)Activator.CreateInstance(type)!)]
                : throw new SpecificationException($"'{path}' has no kind of expert: no class in it implements {nameof(IExpertKind)}");
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or TypeLoadException or ReflectionTypeLoadException or MissingMemberException or TargetInvocationException)
        {
            var reason = ((failure as ReflectionTypeLoadException)?.LoaderExceptions[0] ?? failure.GetBaseException()).Message.ReplaceLineEndings(" ");
            throw new SpecificationException($"'{path}' cannot be loaded: {reason}");
        }
    }

    /// <summary>SHA-256 of an assembly's file, in lower-case hexadecimal.</summary>
    public static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    // The loader takes an assembly that was built against an older version, and fails only when a member is missing.
    private static void CheckReferences(string file, string path)
    {
        var own = typeof(IExpertKind).Assembly.GetName();
        AssemblyName[] references;
        try
        {
            references = ReferencesOf(file);
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new SpecificationException($"'{path}' is no .NET assembly");
        }

        if (references.FirstOrDefault(reference => reference.Name == own.Name) is not { } compute)
            throw new SpecificationException($"'{path}' has no kind of expert: it does not reference {own.Name}");
        if (compute.Version != own.Version)
            throw new SpecificationException($"'{path}' was built for {own.Name} {compute.Version}, this is {own.Version}; build it again with this version");
    }

    private static AssemblyName[] ReferencesOf(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new System.Reflection.PortableExecutable.PEReader(stream);
        if (!image.HasMetadata) throw new BadImageFormatException();
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName())];
    }
}
