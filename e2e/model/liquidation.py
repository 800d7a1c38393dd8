#!/usr/bin/env python3
"""A project that was cancelled in execution: its liquidation run, by domain.md §5 alone.

Without a flag the figures are printed; `--write` puts them into the golden file; `--check` exits 1
when the golden file says something else.
"""

import argparse
import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import settlement

HERE = Path(__file__).resolve().parent
FACTS = HERE / "liquidation.json"
GOLDEN = HERE / "liquidation.golden.json"


def calculate():
    """Every figure of the run, in minor units."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    tax_ppm = facts["terms"].pop("tax_ppm")
    people = [settlement.Participation(p["id"], p["type"], p["amount"], n, p.get("owner", False),
                                       tax_ppm)
              for n, p in enumerate(facts["participations"])]
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
                               stocks, settlement.Terms(**facts["terms"]),
                               settlement.LIQUIDATION)
    lines = [{
        "participation": line.participation.id,
        "fractions": [f"{part.numerator}/{part.denominator}" for part, _, _ in line.fractions],
    } | settlement.single(line) for line in run.lines]
    totals = {name: getattr(run, name) for name in (
        "unspent", "pool", "at_work", "advance_unused", "advance_repaid", "profit", "loss",
        "first_loss", "owner_split", "fee", "tax", "distributed")}
    golden = totals | {"fraction_pots": run.fraction_pots, "lines": lines}
    return json.dumps(golden, indent=2, ensure_ascii=False) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    fresh = calculate()
    if asked.write:
        GOLDEN.write_text(fresh, encoding="utf-8")
    elif not asked.check:
        print(fresh, end="")
    elif not GOLDEN.exists() or GOLDEN.read_text(encoding="utf-8") != fresh:
        sys.exit(f"{GOLDEN.name} differs from a fresh calculation")


if __name__ == "__main__":
    main()
