#!/usr/bin/env python3
"""The runs of one project one after the other: INTERIM, FINAL with holdback, ADJUSTMENT, by
domain.md §5 alone; golden.py says what its flags are.
"""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import golden
import settlement

HERE = Path(__file__).resolve().parent
FACTS = HERE / "runs.json"
GOLDEN = HERE / "runs.golden.json"


def stocks(facts, run):
    """The products that anything was sold of; nothing else has a price."""
    return [settlement.Stock(p["sku"], p["received"], *run["sold"][p["sku"]],
                             Fraction(p["landed_cost"], p["ordered"]))
            for p in facts["products"] if p["sku"] in run["sold"]]


def shown(run):
    lines = [{
        "participation": line.participation.id, "received_before": line.participation.received,
    } | {name: getattr(line, name) for name in (
        "unspent", "owner_split", "gross", "held_back", "paid", "fee", "tax", "net",
    )} for line in run.lines]
    return {
        "kind": run.kind, "lines": lines, "owner_split": run.owner_paid,
        "held_back": run.sum("held_back") + run.owner_held_back, "fee": run.fee, "tax": run.tax,
        "distributed": run.distributed, "escrow_after": run.escrow_before - run.distributed,
    }


def calculate():
    """Every figure of every run, in minor units; each run knows what those before it paid."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    people, terms = settlement.agreed(facts)
    capital = settlement.Capital(sum(p.amount for p in people), 0, 0, 0)
    proceeds = settlement.Proceeds(0)
    runs = []
    for step in facts["runs"]:
        costs = facts["platform_fee"] + sum(step["paid"].values())
        capital = replace(capital, paid=costs, recovered=sum(step["recovered"].values()))
        proceeds = replace(proceeds, came_in=sum(net for _, net in step["sold"].values()))
        run = settlement.settle(step["kind"], people, capital, proceeds, stocks(facts, step), terms)
        people, capital, proceeds = settlement.after(run, capital, proceeds)
        runs.append(shown(run))
    return json.dumps(runs, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    golden.main(__doc__, {"runs": (GOLDEN, calculate)})
