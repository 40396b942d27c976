using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// Options of a kind of expert: a record that derives from this one. Each of its public properties is a field of the
/// specification: it has a <see cref="FieldAttribute"/>, an <c>init</c> accessor and a default, and is an <see cref="int"/>,
/// <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, <see cref="UniformRange"/> or an enumeration.
/// </summary>
/// <remarks>The type of a model's options decides its kind of expert (<see cref="ModelSpec.Options"/>).</remarks>
public abstract record ExpertOptions;
