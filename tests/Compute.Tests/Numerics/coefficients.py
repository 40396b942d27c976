"""Minimax coefficients of MoeOrleans.Compute.Numerics.SpecialFunctions.

Needs mpmath. Prints C# arrays, rounded to double, with the weighted error of the polynomial before and after rounding:

    python3 tests/Compute.Tests/Numerics/coefficients.py
"""

from mpmath import cos, erf, erfc, expm1, log, lu_solve, matrix, mp, mpf, pi, polyval, sin, sqrt

mp.dps = 60


def remez(f, weight, low, high, degree, rounds=12):
    """Coefficients (lowest first) that minimise the largest |weight * (f - p)| on [low, high]."""
    low, high = mpf(low), mpf(high)
    terms = degree + 1
    nodes = [(low + high) / 2 - (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * terms + 2)) for i in range(terms + 1)]
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + mpf(1) / 2) / 1500) for i in range(1500)]
    values = [(f(x), weight(x)) for x in grid]
    for _ in range(rounds):
        system = matrix(terms + 1, terms + 1)
        right = matrix(terms + 1, 1)
        for row, x in enumerate(nodes):
            for power in range(terms):
                system[row, power] = x ** power
            system[row, terms] = (-1) ** row / weight(x)
            right[row] = f(x)
        solution = lu_solve(system, right)
        coefficients = [solution[i] for i in range(terms)]
        errors = [w * (v - polyval(coefficients[::-1], x)) for x, (v, w) in zip(grid, values)]
        # One extremum for each run of equal signs; of too many, the largest neighbours are kept.
        extrema = []
        for i, e in enumerate(errors):
            if extrema and errors[extrema[-1]] * e > 0:
                if abs(e) > abs(errors[extrema[-1]]):
                    extrema[-1] = i
            else:
                extrema.append(i)
        while len(extrema) > terms + 1:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < terms + 1:
            break
        nodes = [grid[i] for i in extrema]
        sizes = [abs(errors[i]) for i in extrema]
        if max(sizes) / min(sizes) < mpf('1.001'):
            break
    return coefficients, grid, values


def show(name, f, weight, low, high, degree):
    coefficients, grid, values = remez(f, weight, low, high, degree)
    rounded = [mpf(float(c)) for c in coefficients]

    def bits(cs):
        return float(log(max(abs(w * (v - polyval(cs[::-1], x))) for x, (v, w) in zip(grid, values)), 2))

    print(f'// {name}: degree {degree}, error 2^{bits(coefficients):.1f}, rounded 2^{bits(rounded):.1f}')
    for c in coefficients:
        print(f'    {float(c)!r},')


def parts(name, value, count, bits=53):
    """value as a sum of doubles; the first of at most the given bits."""
    rest = value
    for i in range(count):
        keep = bits if i == 0 else 53
        _, exponent = mp.frexp(rest)
        part = mpf(float(mp.nint(rest * mpf(2) ** (keep - exponent)) / mpf(2) ** (keep - exponent)))
        print(f'// {name}[{i}] = {float(part)!r}')
        rest -= part


parts('ln2', log(2), 2)
parts('ln2, 42 bits', log(2), 2, 42)
parts('log2(e)', 1 / log(2), 1)
parts('pi/2', pi / 2, 3)
parts('2/pi', 2 / pi, 1)

half = log(2) / 2 * mpf('1.0001')
# expm1(r) = r + r^2 q(r); the error relative to expm1(r) is about r times that of q (0.01: no zero weight).
show('exp', lambda r: (expm1(r) - r) / r ** 2 if abs(r) > 1e-20 else mpf('0.5'),
     lambda r: abs(r) + mpf('0.01'), -half, half, 10)

# 2 atanh(s) = 2 s + s z q(z), z = s^2.
top = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2 * mpf('1.0001')
show('log', lambda z: (2 * mp.atanh(sqrt(z)) / sqrt(z) - 2) / z, lambda z: z / 2, mpf(10) ** -8, top, 6)

# -log(erfc(a)) = a + a q(a); the error relative to erf(a).
show('erf', lambda a: -log(erfc(a)) / a - 1, lambda a: a * erfc(a) / erf(a), mpf(10) ** -8, mpf('5.95'), 24)

quarter = (pi / 4 * mpf('1.0001')) ** 2
# sin(r) = r + r z q(z), cos(r) = 1 - z / 2 + z^2 q(z), z = r^2.
show('sin', lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z, mpf(10) ** -8, quarter, 5)
show('cos', lambda z: (cos(sqrt(z)) - 1 + z / 2) / z ** 2, lambda z: z ** 2, mpf(10) ** -6, quarter, 5)
