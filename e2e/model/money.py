"""Whole minor units and exact fractions: parsing, showing, the two roundings of domain.md §6.

`round()` of a Fraction is half-even, which is the rule for one number; a sum is split by largest
remainder.
"""

import re
from fractions import Fraction

DECIMALS = {"USD": 2, "PEN": 2, "COP": 2, "MXN": 2, "EUR": 2,
            "CLP": 0, "PYG": 0, "JPY": 0, "KWD": 3}
PPM = 1_000_000


def decimal(text):
    """A plain, unsigned decimal as an exact fraction."""
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"not a decimal: {text!r}")
    return Fraction(text)


def minor(text, currency):
    """A decimal amount in minor units; a fraction of a minor unit is refused."""
    units = decimal(text) * 10 ** DECIMALS[currency]
    if units.denominator != 1:
        raise ValueError(f"{text} {currency} has a fraction of a minor unit")
    return units.numerator


def show(units, decimals):
    """Whole units of 10^-decimals as a decimal string."""
    sign, digits = "-" if units < 0 else "", str(abs(units)).rjust(decimals + 1, "0")
    return sign + (digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}")


def amount(units, currency):
    """Minor units as the decimal string of the wire."""
    return show(units, DECIMALS[currency])


def unit_figure(value, currency):
    """An exact unit figure (in minor units) with 4 decimals of the major unit, half-even."""
    return show(round(Fraction(value) * 10_000 / 10 ** DECIMALS[currency]), 4)


def largest_remainder(pot, weights, order=None):
    """Splits `pot` pro rata to `weights`, to the unit.

    The units left over by rounding down go to the largest remainders; `order[i]` breaks ties (the
    smaller first), by default the place in the list.
    """
    total = sum(weights)
    if pot == 0:
        return [0] * len(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("nothing to split by")
    exact = [Fraction(pot) * weight / total for weight in weights]
    parts = [value.numerator // value.denominator for value in exact]
    order = order or list(range(len(weights)))
    ranked = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], order[i]))
    for i in ranked[: pot - sum(parts)]:
        parts[i] += 1
    return parts
