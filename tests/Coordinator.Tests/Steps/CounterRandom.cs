namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>Draws that depend on the seed and how many came before, the same on every machine and runtime.</summary>
internal sealed class CounterRandom(ulong seed)
{
    private ulong _counter;

    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static ulong Mix(ulong a, ulong b) => Mix(Mix(a) ^ b);

    public static ulong Mix(ulong a, ulong b, ulong c) => Mix(Mix(a, b) ^ c);

    public int Below(int bound) => (int)((Mix(seed, _counter++) >> 32) * (ulong)bound >> 32);

    public int Between(int first, int last) => first + Below(last - first + 1);

    public bool Percent(int percent) => percent > 0 && Below(100) < percent;
}
