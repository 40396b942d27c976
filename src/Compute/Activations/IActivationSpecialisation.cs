namespace MoeOrleans.Compute.Activations;

/// <summary>Code that is generic over the activation function: <see cref="Activation.Specialise"/> calls it with the function's type.</summary>
/// <typeparam name="TResult">Result of the code, such as a delegate of a loop.</typeparam>
internal interface IActivationSpecialisation<out TResult>
{
    TResult For<TFunction>()
        where TFunction : struct, IActivationFunction;
}
