#!/usr/bin/env python3
"""A project that was cancelled in execution: its liquidation run, by domain.md §5 alone; golden.py
says what its flags are.
"""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import golden
import settlement

HERE = Path(__file__).resolve().parent
FACTS = HERE / "liquidation.json"
GOLDEN = HERE / "liquidation.golden.json"


def calculate():
    """Every figure of the run, in minor units."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    people, terms = settlement.agreed(facts)
    whole = settlement.allotments(people, [p["received"] for p in facts["products"]])
    skus = [p["sku"] for p in facts["products"]]
    people = [replace(p, lapsed=dict(zip(skus, whole[p.id]))) if asked.get("lapsed") else p
              for p, asked in zip(people, facts["participations"])]
    stocks = [settlement.Stock(p["sku"], p["received"], p["sold"], p["realised"],
                               Fraction(p["landed_cost"], p["ordered"]))
              for p in facts["products"]]
    capital = settlement.Capital(sum(p.amount for p in people), *(
        facts["escrow"][name] for name in ("advanced", "recovered", "paid")))
    run = settlement.final_run(people, capital, sum(p["realised"] for p in facts["products"]),
                               stocks, terms, settlement.LIQUIDATION)
    lines = [{
        "participation": line.participation.id,
        "fractions": [f"{part.numerator}/{part.denominator}" for part, _, _ in line.fractions],
    } | settlement.single(line) for line in run.lines]
    totals = {name: getattr(run, name) for name in (
        "unspent", "pool", "at_work", "advance_unused", "advance_repaid", "profit", "loss",
        "first_loss", "owner_split", "fee", "tax", "distributed")}
    figures = totals | {"fraction_pots": run.fraction_pots, "lines": lines}
    return json.dumps(figures, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    golden.main(__doc__, {"liquidation": (GOLDEN, calculate)})
