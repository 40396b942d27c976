#!/usr/bin/env bash
# Trains one specification from several initialisations and prints a table: bench/seeds.sh FIRST LAST [options of moe train]
#   bench/seeds.sh 1 10 --activation linear
set -euo pipefail
first=$1 last=$2
shift 2
moe=$(dirname "$0")/../moe
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$json"; }
echo "| seed | test accuracy | without noise | training accuracy | entropy | loss | ended | weights SHA-256 |"
echo "|---|---|---|---|---|---|---|---|"
for seed in $(seq "$first" "$last"); do
    json=$("$moe" train --seed "$seed" --json "$@" 2>/dev/null)
    printf '| %d | %.2f | %.2f | %.2f | %.3f | %.4f | %s, %d steps | %.12s |\n' "$seed" "$(field testAccuracy)" "$(field testAccuracyWithoutNoise)" \
        "$(field trainAccuracy)" "$(field dispatchEntropy)" "$(field finalLoss)" "$(field stopReason)" "$(field steps)" "$(field weightsSha256)"
done | awk -F'|' '
    { print; n++; a += $3; aa += $3 * $3; b += $4; bb += $4 * $4; c += $5; e += $6; ee += $6 * $6 }
    END {
        printf "| **mean** | **%.2f** +- %.2f | %.2f +- %.2f | %.2f | **%.3f** +- %.3f | | | |\n",
            a / n, sqrt(aa / n - (a / n) ^ 2), b / n, sqrt(bb / n - (b / n) ^ 2), c / n, e / n, sqrt(ee / n - (e / n) ^ 2)
    }'
