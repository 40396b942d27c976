"""Correctly rounded values for SpecialFunctionsTests: function, argument and value, the latter two as the bits of a double.

Needs mpmath:

    python3 tests/Compute.Tests/Numerics/special_functions.py > tests/Compute.Tests/Numerics/special-functions.txt
"""

import math
import random
import struct

import mpmath
from mpmath import mp, mpf

mp.prec = 2400  # Enough for arguments near multiples of pi/2 and for subnormal ones.
random.seed(20250101)


def double(bits):
    return struct.unpack('<d', struct.pack('<Q', bits))[0]


def rounded(value):
    """To nearest, ties to even, subnormal results too: one rounding of the exact fraction."""
    sign, man, exponent, _ = value._mpf_
    if man == 0:
        return 0.0
    man, exponent = int(man), int(exponent)
    try:
        size = float(man << exponent) if exponent >= 0 else man / (1 << -exponent)  # int / int rounds correctly
    except OverflowError:
        size = math.inf
    return -size if sign else size


def emit(name, function, arguments):
    for x in arguments:
        value = rounded(function(mpf(x)))
        print(f'{name} {struct.pack(">d", x).hex()} {struct.pack(">d", value).hex()}')


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def signed_powers(low, high, count):
    return [random.choice((-1, 1)) * 2 ** random.uniform(low, high) for _ in range(count)]


ln2, half_pi = math.log(2), math.pi / 2
# Where the argument reduction changes its integer, where the result leaves the range, and near the zeros.
emit('exp', mpmath.exp,
     uniform(-708, 709.7, 80) + uniform(-3, 3, 80) + signed_powers(-60, 0, 40)
     + [(n + 0.5) * ln2 * (1 + random.uniform(-1, 1) * 1e-12) for n in range(-30, 30)]
     + uniform(-745.5, -708, 40) + [709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412, 455.05112404816265])
emit('log', mpmath.log,
     [2 ** e for e in uniform(-1022, 1023.9, 80)] + uniform(0.3, 3, 80)
     + [1 + x for x in signed_powers(-52, -1, 60)] + [double(random.randrange(1, 1 << 52)) for _ in range(30)]
     + [math.sqrt(2) * 2.0 ** k * (1 + random.uniform(-1, 1) * 1e-3) for k in range(-5, 5)]
     + [5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, 0.7064656944373121])
emit('tanh', mpmath.tanh,
     uniform(-20, 20, 80) + uniform(-1, 1, 80) + signed_powers(-1022, 0, 60) + signed_powers(-1074, -1022, 10)
     + [(n + 0.5) * ln2 / 2 * (1 + random.uniform(-1, 1) * 1e-3) for n in range(40)]
     + [5e-324, 8.88906393701373, 19.06, 19.07, 25.0])
emit('erf', mpmath.erf,
     uniform(-6, 6, 100) + uniform(-1, 1, 80) + signed_powers(-1022, 0, 60) + signed_powers(-1074, -1022, 10)
     + uniform(0.2, 0.4, 30) + [5e-324, 0.22287596708587398, 5.92, 5.93, 5.95, 7.0])
angles = (uniform(-10, 10, 80) + uniform(-1e5, 1e5, 80) + signed_powers(-30, 30, 60)
          + [n * half_pi for n in range(-8, 9) if n] + [random.randrange(1 << 29) * half_pi for _ in range(40)]
          + [(n + 0.5) * half_pi * (1 + random.uniform(-1, 1) * 1e-3) for n in range(-20, 20)]
          + [5e-324, 2.0 ** -26, 2.0 ** 30, 5.471381316020166, 11.82629856837966])
emit('sin', mpmath.sin, angles)
emit('cos', mpmath.cos, angles)
