"""Statistics of lognormal particle diameters (Hatch and Choate 1929, J. Franklin Inst. 207, 369).

Every function takes the volume median ``diameter`` [m] and the geometric standard deviation ``spread`` (>= 1) and
broadcasts over arrays.
"""

from __future__ import annotations

import numpy as np

from alloycell.quantities import Number

__all__ = ["NORMAL_90", "number_mean", "number_median", "sauter_mean", "volume_mean", "volume_percentile"]

NORMAL_90 = 1.2815515655446004
"""Standard normal quantile of 90 %, dimensionless."""


def volume_percentile(diameter: Number, spread: Number, share: float) -> Number:
    """Diameter [m] under which 10 % or 90 % (``share`` 0.1 or 0.9) of the volume lies; shape of the inputs."""
    score = {0.1: -NORMAL_90, 0.5: 0.0, 0.9: NORMAL_90}[share]
    return diameter * np.exp(score * np.log(spread))


def volume_mean(diameter: Number, spread: Number) -> Number:
    """Volume-weighted mean diameter D[4,3] [m]; shape of the inputs."""
    return diameter * np.exp(0.5 * np.log(spread) ** 2)


def sauter_mean(diameter: Number, spread: Number) -> Number:
    """Sauter mean diameter D[3,2] [m], which gives the specific surface 6/D; shape of the inputs."""
    return diameter * np.exp(-0.5 * np.log(spread) ** 2)


def number_median(diameter: Number, spread: Number) -> Number:
    """Number median diameter [m]; shape of the inputs."""
    return diameter * np.exp(-3.0 * np.log(spread) ** 2)


def number_mean(diameter: Number, spread: Number) -> Number:
    """Number mean diameter D[1,0] [m]; shape of the inputs."""
    return diameter * np.exp(-2.5 * np.log(spread) ** 2)
