"""How much lithium to add: formulas (1) and (2) of the layered negative and their inverses.

Formula (1): Li = Cb (1 - L_c) + M_atom x F with x = L_s / (1 - L_s); formula (2): Li + Cat <= Cb + M_atom x_max F.
Charges per cell or per area, one choice throughout [C and mol, or C/m2 and mol/m2]; everything broadcasts.
``docs/theory/dose.md`` derives them and says where they stop: (1) takes the carbon to be empty at full discharge and
leaves out losses of the alloy layer and of the positive; the extended ledger puts both back.
"""

from __future__ import annotations

import numpy as np

from alloycell.quantities import FARADAY, Number, number

__all__ = [
    "added_lithium",
    "capacity_slack",
    "designed_stoichiometry",
    "extended_stoichiometry",
    "film_thickness",
    "lithium_ceiling",
    "lithium_fraction",
    "negative_capacity",
    "stoichiometry",
]


def stoichiometry(fraction: Number) -> Number:
    """Lithium per absorbing atom x = L_s / (1 - L_s) from the ``fraction`` L_s (0 to below 1), dimensionless."""
    return fraction / (1.0 - fraction)


def lithium_fraction(ratio: Number) -> Number:
    """Lithium fraction L_s = q / (1 + q) from lithium per atom ``ratio`` (dimensionless).

    NaN where ``ratio`` is negative: there is no residual lithium then, and never a negative fraction.
    """
    safe = np.where(np.asarray(ratio) >= 0, ratio, 0.0)
    return number(np.where(np.asarray(ratio) >= 0, safe / (1.0 + safe), np.nan))


def lithium_ceiling(x_max: Number) -> Number:
    """Largest lithium fraction an element can reach, x_max / (1 + x_max), dimensionless."""
    return x_max / (1.0 + x_max)


def added_lithium(carbon_capacity: Number, carbon_efficiency: Number, alloy_atoms: Number, fraction: Number) -> Number:
    """Lithium to add [C/m2] so that the alloy holds ``fraction`` when empty; formula (1).

    ``carbon_capacity`` Cb [C/m2], ``carbon_efficiency`` L_c (0 to 1), ``alloy_atoms`` M_atom [mol/m2].
    """
    return carbon_capacity * (1.0 - carbon_efficiency) + alloy_atoms * stoichiometry(fraction) * FARADAY


def designed_stoichiometry(
    added: Number, carbon_capacity: Number, carbon_efficiency: Number, alloy_atoms: Number
) -> Number:
    """Lithium per atom q that formula (1) leaves in the alloy for ``added`` lithium [C/m2], dimensionless.

    Negative where the lithium does not even pay the carbon's loss: no residual, the negative limits the cell.
    """
    return (added - carbon_capacity * (1.0 - carbon_efficiency)) / (alloy_atoms * FARADAY)


def extended_stoichiometry(
    added: Number, carbon_loss: Number, alloy_loss: Number, positive_gain: Number, alloy_atoms: Number
) -> Number:
    """Lithium per atom by the extended ledger, dimensionless: what (1) gives, losses of all materials counted.

    ``positive_gain`` [C/m2] is first-charge minus reversible capacity of the positive (lithium it brings and does
    not take back); losses and ``added`` in C/m2, ``alloy_atoms`` in mol/m2. The carbon counts as empty.
    """
    return (added + positive_gain - carbon_loss - alloy_loss) / (alloy_atoms * FARADAY)


def negative_capacity(carbon_capacity: Number, alloy_atoms: Number, x_max: Number) -> Number:
    """Capacity of both layers Cb + M_atom x_max F [C/m2] from Cb [C/m2], M_atom [mol/m2], x_max [Li/atom]."""
    return carbon_capacity + alloy_atoms * x_max * FARADAY


def capacity_slack(negative: Number, added: Number, positive: Number) -> Number:
    """Room left by formula (2), negative - Li - Cat [C/m2]; negative where (2) is not met."""
    return negative - added - positive


def film_thickness(charge: Number, molar_mass: Number, density: Number) -> Number:
    """Thickness [m] of dense lithium that holds ``charge`` [C/m2], molar mass [kg/mol], density [kg/m3]."""
    return charge / FARADAY * molar_mass / density
