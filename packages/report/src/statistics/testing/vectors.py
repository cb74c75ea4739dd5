"""Makes vectors.json: the same figures from other implementations.

Made with Python 3.11.7, numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0:
    python vectors.py > vectors.json
"""

import json
import sys

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(6)


def mirrored_bootstrap(values, resamples=2_000_000, chunk=200_000):
    """|t*| of resamples of the mirrored residuals, with numpy's own generator."""
    n = len(values)
    residuals = values - values.mean()
    parts = []
    for _ in range(resamples // chunk):
        drawn = residuals[rng.integers(0, n, (chunk, n))] * rng.choice([-1.0, 1.0], (chunk, n))
        with np.errstate(divide="ignore"):
            parts.append(np.abs(drawn.mean(axis=1)) / (drawn.std(axis=1, ddof=1) / np.sqrt(n)))
    return np.concatenate(parts)


def pivot(values):
    values = np.asarray(values)
    n = len(values)
    error = values.std(ddof=1) / np.sqrt(n)
    studentized = mirrored_bootstrap(values)
    reach = np.quantile(studentized, 0.95) * error
    student = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=error)
    return {
        "values": values.tolist(),
        "estimate": values.mean(),
        "standardError": error,
        "low": values.mean() - reach,
        "high": values.mean() + reach,
        "pAgainstZero": float((studentized >= abs(values.mean()) / error).mean()),
        "student": list(student),
    }


def hodges_lehmann(values):
    pairs = [(values[i] + values[j]) / 2 for i in range(len(values)) for j in range(i, len(values))]
    return float(np.median(pairs))


sample = np.round(rng.normal(0.02, 0.05, 13), 4)
x = np.array([60.0, 125.0, 190.0, 250.0])
blocks = [(x + np.round(rng.normal(0, 1, 4), 3), np.round(1.07 * x + rng.normal(0, 2, 4), 3)) for _ in range(7)]
p_values = [0.01, 0.04, 0.03, 0.005, 0.2, 0.8, 0.0001]

json.dump(
    {
        "madeWith": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "statsmodels": statsmodels.__version__,
        },
        "quantiles": {
            "values": sample.tolist(),
            "at": [0, 0.05, 0.25, 0.5, 0.9, 0.99, 1],
            "expected": np.quantile(sample, [0, 0.05, 0.25, 0.5, 0.9, 0.99, 1]).tolist(),
        },
        "hodgesLehmann": {"values": sample.tolist(), "expected": hodges_lehmann(sample)},
        "holm": {"values": p_values, "expected": multipletests(p_values, method="holm")[1].tolist()},
        "pivots": [
            pivot(np.round(rng.normal(0.03, 0.05, 6), 4)),
            pivot(np.round(rng.normal(0.03, 0.08, 12), 4)),
            pivot(np.round(stats.norm.ppf((np.arange(20) + 0.5) / 20) * 0.08 + 0.04, 4)),
        ],
        "slope": {
            "points": [
                {"block": index + 1, "x": float(a), "y": float(b)}
                for index, (xs, ys) in enumerate(blocks)
                for a, b in zip(xs, ys)
            ],
            "slopes": [float(np.polyfit(xs, ys, 1)[0]) for xs, ys in blocks],
        },
    },
    sys.stdout,
    indent=2,
)
