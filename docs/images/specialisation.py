#!/usr/bin/env python3
"""Draws docs/images/specialisation.svg from two run folders, with the Python standard library alone.

    ./moe train --activation linear --output runs/linear
    ./moe train --activation cubic --output runs/cubic
    python3 docs/images/specialisation.py runs/linear runs/cubic > docs/images/specialisation.svg
"""
import csv
import json
import math
import pathlib
import sys

WIDTH, HEIGHT = 900, 350
PLOT = (60, 30, 360, 240)  # left, top, width, height of the curves
CELL = 26
STEPS, LN4 = 500, math.log(4)
INK, GREY, LINEAR, CUBIC = "#1f2328", "#8b949e", "#d1242f", "#0969da"


def load(folder):
    folder = pathlib.Path(folder)
    with open(folder / "metrics.csv", newline="") as file:
        entropy = [(int(row["step"]), float(row["entropy"])) for row in csv.DictReader(file)]
    return entropy, json.loads((folder / "summary.json").read_text())


def text(x, y, words, size=13, anchor="start", fill=INK, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" {extra}>{words}</text>'


def curves(runs):
    left, top, width, height = PLOT
    at = lambda step, value: (left + width * step / STEPS, top + height * (1 - value / 1.5))
    yield f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="{GREY}"/>'
    for value in (0, 0.5, 1, 1.5):
        yield text(left - 8, at(0, value)[1] + 4, f"{value:g}", anchor="end")
    for step in range(0, STEPS + 1, 100):
        yield text(at(step, 0)[0], top + height + 18, step, anchor="middle")
    yield f'<path d="M{left} {at(0, LN4)[1]:.1f}h{width}" stroke="{GREY}" stroke-dasharray="3 4"/>'
    yield text(left + width / 2, top + height + 40, "step", anchor="middle")
    yield text(left - 42, top + height / 2, "dispatch entropy (nats)", anchor="middle", extra=f'transform="rotate(-90 {left - 42} {top + height / 2})"')
    for (entropy, _), colour, dash, name, label in runs:
        points = " ".join("%.1f,%.1f" % at(step, value) for step, value in entropy)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" {dash}/>'
        x, y = at(entropy[-1][0], entropy[-1][1])
        yield text(x - 6, y - label, name, anchor="end", fill=colour)


def matrix(left, top, run, colour, name):
    counts = run["dispatchCounts"]
    yield text(left, top - 26, f"{name}: test accuracy {run['testAccuracy']:.1f} %, entropy {run['dispatchEntropy']:.2f}", fill=colour)
    for m in range(len(counts[0])):
        yield text(left + CELL * (m + 0.5), top - 6, m, 11, "middle", GREY)
    for k, row in enumerate(counts):
        yield text(left - 8, top + CELL * (k + 0.65), f"cluster {k}", 11, "end", GREY)
        for m, count in enumerate(row):
            share = count / sum(row)
            yield f'<rect x="{left + CELL * m}" y="{top + CELL * k}" width="{CELL - 1}" height="{CELL - 1}" fill="{colour}" fill-opacity="{0.04 + 0.96 * share:.3f}"/>'
            if share >= 0.05:
                yield text(left + CELL * (m + 0.48), top + CELL * (k + 0.65), f"{100 * share:.0f}", 11, "middle", "#fff" if share > 0.6 else INK)


def main():
    linear, cubic = load(sys.argv[1]), load(sys.argv[2])
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    parts += curves([(linear, LINEAR, 'stroke-dasharray="7 4"', "linear experts", -20), (cubic, CUBIC, "", "nonlinear experts (cubic)", 8)])
    parts += matrix(560, 62, linear[1], LINEAR, "linear")
    parts += matrix(560, 222, cubic[1], CUBIC, "nonlinear")
    parts += [text(560 + CELL * 4, 338, "expert; share of the cluster's samples in %", 11, "middle", GREY), "</svg>"]
    print("\n".join(parts))


main()
