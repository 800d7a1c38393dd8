#!/usr/bin/env python3
"""The runs of one project one after the other: INTERIM, FINAL with holdback, ADJUSTMENT, by
domain.md §5 alone.

Without a flag the figures are printed; `--write` puts them into the golden file; `--check` exits 1
when the golden file says something else.
"""

import argparse
import json
import sys
from fractions import Fraction
from pathlib import Path

import settlement
from money import PPM
from settlement import PRODUCTS, PROFIT_ONLY

HERE = Path(__file__).resolve().parent
FACTS = HERE / "runs.json"
GOLDEN = HERE / "runs.golden.json"


def ppm(units, rate):
    """One number, rounded half-even."""
    return round(Fraction(units * rate, PPM))


def give_out(pot, people, entitled, received):
    """The rule of exactness. What everybody gets down to a common whole gap is given at once, only
    the last few units go one by one: the order of the units is that of the gaps."""
    gaps = [entitled[i] - received[i] for i in range(len(people))]
    whole = [gap.numerator // gap.denominator for gap in gaps]
    above = lambda level: [max(0, gap - level) for gap in whole]
    low, high = min(whole) - pot - 1, max(whole) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sum(above(middle)) <= pot else (middle, high)
    first = above(high)
    so_far = [received[i] + first[i] for i in range(len(people))]
    last = settlement.unit_by_unit(pot - sum(first), people, entitled, so_far)
    return [one + other for one, other in zip(first, last)]


class Books:
    """What earlier runs paid: per participation, and the owner's part of the profit."""

    def __init__(self, facts):
        self.facts = facts
        self.people = [settlement.Participation(p["id"], p["type"], p["amount"], n,
                                                p.get("owner", False))
                       for n, p in enumerate(facts["participations"])]
        terms = facts["terms"]
        self.terms = settlement.Terms(terms["investor_share_ppm"], terms["success_fee_ppm"],
                                      terms["tax_ppm"])
        self.holdback_ppm = terms["holdback_ppm"]
        self.received, self.fees, self.taxes = ([0] * len(self.people) for _ in range(3))
        self.owner_split_paid = 0

    def stocks(self, run):
        """The products that anything was sold of; nothing else has a price."""
        return [settlement.Stock(p["sku"], p["received"], *run["sold"][p["sku"]],
                                 Fraction(p["landed_cost"], p["ordered"]))
                for p in self.facts["products"] if p["sku"] in run["sold"]]

    def complete(self, run, lines, cash):
        """Entitlements and the owner's part of a run that computes everything; no loss here."""
        captured = sum(p.amount for p in self.people)
        paid = self.facts["platform_fee"] + sum(run["paid"].values())
        capital = settlement.Capital(captured, 0, sum(run["recovered"].values()), paid)
        unspent = settlement.share_out(capital.unspent, self.people,
                                       [p.amount for p in self.people])
        for line, units in zip(lines, unspent):
            line.unspent, line.at_work = units, line.participation.amount - units
        settlement.share_gains(lines, self.terms)
        pool = [line for line in lines if line.participation.kind == PROFIT_ONLY]
        profit = cash - sum(line.at_work for line in pool)
        if profit < 0:
            raise AssertionError("a loss is the liquidation's")
        investors = ppm(profit, self.terms.investor_share_ppm)
        amounts = sum(line.participation.amount for line in pool)
        entitled = []
        for line in lines:
            cash = Fraction(line.unspent + line.fraction_cash - line.owner_split)
            if line.participation.kind == PROFIT_ONLY:
                cash += line.at_work + Fraction(investors * line.participation.amount, amounts)
            entitled.append(cash)
        return entitled, profit - investors + sum(line.owner_split for line in lines)

    def run(self, run):
        """One run, and what it leaves behind for the next."""
        lines = [settlement.RunLine(p) for p in self.people]
        proceeds = sum(realised for _, realised in run["sold"].values())
        pots = settlement.pay_fractions(lines, self.people, self.stocks(run))
        cash = proceeds - sum(pots)
        if run["kind"] == "INTERIM":
            at_work = sum(p.amount for p in self.people if p.kind == PROFIT_ONLY)
            back, split = min(cash, at_work), 0
            entitled = [Fraction(back * p.amount, at_work) if p.kind == PROFIT_ONLY
                        else Fraction(0) for p in self.people]
        else:
            entitled, split = self.complete(run, lines, cash)
        before = list(self.received)
        gross = give_out(int(sum(entitled)) - sum(before), self.people, entitled, before)
        held_ppm = self.holdback_ppm if run["kind"] == "FINAL" else 0
        shown = [self.pay(run, line, units, held_ppm) for line, units in zip(lines, gross)]
        owner = split - self.owner_split_paid
        owner_held = ppm(owner, held_ppm)
        self.owner_split_paid += owner - owner_held
        column = lambda name: sum(line[name] for line in shown)
        return {
            "kind": run["kind"], "lines": shown, "owner_split": owner - owner_held,
            "held_back": column("held_back") + owner_held, "fee": column("fee"),
            "tax": column("tax"), "distributed": column("paid") + owner - owner_held,
            "escrow_after": self.left(run, proceeds),
        }

    def pay(self, run, line, gross, held_ppm):
        """What of a line's part is paid now, and to whom."""
        i = self.people.index(line.participation)
        held, before = ppm(gross, held_ppm), self.received[i]
        paid = gross - held
        self.received[i] += paid
        basis = line.participation.amount
        if line.participation.kind == PRODUCTS:
            basis = line.fraction_cost + line.unspent
        profit = max(0, self.received[i] - basis)
        fees = ppm(profit, self.terms.success_fee_ppm)
        taxes = ppm(profit - fees, self.terms.tax_ppm)
        fee, tax = fees - self.fees[i], taxes - self.taxes[i]
        self.fees[i], self.taxes[i] = fees, taxes
        return {"participation": line.participation.id, "received_before": before,
                "unspent": line.unspent, "owner_split": line.owner_split, "gross": gross,
                "held_back": held, "paid": paid, "fee": fee, "tax": tax,
                "net": paid - fee - tax}

    def left(self, run, proceeds):
        """In both escrow accounts: what came in, less what was paid for costs and to people."""
        came = sum(p.amount for p in self.people) + sum(run["recovered"].values()) + proceeds
        costs = self.facts["platform_fee"] + sum(run["paid"].values())
        return came - costs - sum(self.received) - self.owner_split_paid


def calculate():
    """Every figure of every run, in minor units."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    books = Books(facts)
    runs = [books.run(run) for run in facts["runs"]]
    return json.dumps(runs, indent=2, ensure_ascii=False) + "\n"


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
