#!/usr/bin/env python3
"""Plays the scenarios of examples/story by domain.md alone and gives every figure of them.

golden.py says what its flags are.
"""

import json
from fractions import Fraction
from functools import partial
from pathlib import Path

import costing
import golden
import settlement
from ledger import CAPITAL, CUSTODY, FEES, PROCEEDS, TAX, Ledger, wallet
from money import PPM, amount, minor

# A verified identity holds for a year.
VERIFIED_HOURS = 365 * 24
ROOT = Path(__file__).resolve().parents[2]
NAMES = ("settled", "cancelled", "rough")


def scenario_of(name):
    return ROOT / f"examples/story/{name}.json"


def golden_of(name):
    return ROOT / f"examples/story/{name}.golden.json"


def plan_of(scenario):
    """The sheet with the two lines that the terms add."""
    currency, terms = scenario["currency"], scenario["terms"]
    added = [
        costing.Line(kind, kind, terms["added_lines_allocation"], rate_ppm=terms[rate],
                     base="TOTAL_BEFORE_FEES")
        for kind, rate in (("CONTINGENCY", "contingency_ppm"), ("PLATFORM_FEE", "platform_fee_ppm"))
    ]
    return costing.calculate(
        currency,
        terms["margin_ppm"],
        costing.read_products(ROOT / scenario["project"]["goods"], currency),
        costing.read_lines(ROOT / scenario["project"]["costs"], currency) + added,
    )


class Story:
    """The state of the one project; each step of the scenario is the method of its name."""

    def __init__(self, scenario):
        self.scenario, self.terms = scenario, scenario["terms"]
        self.currency = scenario["currency"]
        self.plan = plan_of(scenario)
        self.goal = self.plan.goal(self.terms["finance_recoverable"])
        self.skus = [product.sku for product in self.plan.products]
        self.ledger = Ledger()
        self.requests, self.keys = {}, {}
        self.approved = []
        self.reserved = 0
        self.waiting, self.asked_at = [], {}
        self.has_seal = False
        self.advanced = self.recovered = 0
        self.paid = {}
        self.received = None
        self.sold = {sku: [0, 0] for sku in self.skus}
        self.bought_back = {sku: [0, 0] for sku in self.skus}
        self.written_off = dict.fromkeys(self.skus, 0)
        self.handed_over, self.lapsed = set(), {}
        self.verified = {}
        self.cancelled = False
        self.run = None
        self.answers, self.balances = [], []

    def money(self, units):
        return amount(units, self.currency)

    def shown(self, figures):
        return {name: self.money(units) for name, units in figures.items()}

    def units(self, text):
        return minor(text, self.currency)

    def play(self):
        for number, step in enumerate(self.scenario["steps"], 1):
            before = (dict(self.ledger.balances), self.ledger.held)
            self.hours = step["at_hours"]
            answer = getattr(self, step["do"])(step)
            name = {"step": number, "do": step["do"], "ref": reference(step)}
            if answer:
                self.answers.append(name | answer)
            if before != (self.ledger.balances, self.ledger.held):
                self.balances.append(name | self.shown({
                    "held": self.ledger.held,
                    "escrow_capital": self.ledger.credit(CAPITAL),
                    "escrow_proceeds": self.ledger.credit(PROCEEDS),
                    "custody_bank": self.ledger.custody,
                }))

    # Funding.

    def nothing(self, _step):
        """A step that moves no money and has no figure."""

    create_project = publish = open_funding = approve_project = propose_run = nothing

    def verify(self, step):
        self.verified |= dict.fromkeys(step["people"], self.hours)

    def is_verified(self, person):
        return self.hours < self.verified[person] + VERIFIED_HOURS

    def deposit(self, step):
        self.ledger.transfer(CUSTODY, wallet(step["person"]), self.units(step["amount"]))

    @property
    def participations(self):
        return [settlement.Participation(
            name, self.requests[name]["type"], self.asked(name), rank,
            self.requests[name]["by"] == self.owner, self.terms["tax_withholding_ppm"],
            self.lapsed.get(name, {})) for rank, name in enumerate(self.approved)]

    def asked(self, name):
        return self.units(self.requests[name]["amount"])

    @property
    def captured(self):
        return sum(map(self.asked, self.approved))

    @property
    def room(self):
        return self.goal - self.reserved - self.captured

    def request(self, step):
        if step["key"] in self.keys:
            return {"outcome": "SAME", "request": self.keys[step["key"]]}
        if self.hours >= self.deadline:
            return {"outcome": "REFUSED", "code": "deadline_passed", "room": ""}
        asked, room = self.units(step["amount"]), self.room
        if asked > room:
            return {"outcome": "REFUSED", "code": "not_enough_room", "room": self.money(room)}
        mine = sum(self.asked(name) for name in [*self.approved, *self.ledger.pending]
                   if self.requests[name]["by"] == step["by"])
        least = self.units(self.terms["min_ticket"]) if asked < room else 0
        if step["type"] == settlement.PRODUCTS:
            least = max(least, self.units(self.terms["products_ticket_min"]))
        if asked < least or mine + asked > self.units(self.terms["max_ticket"]):
            raise ValueError(f"{step['id']} is outside the tickets")
        self.requests[step["id"]] = step
        self.keys[step["key"]] = step["id"]
        self.asked_at[step["id"]] = self.hours
        if not self.ledger.hold(step["id"], wallet(step["by"]), CAPITAL, asked):
            return {"outcome": "REJECTED", "code": "FUNDS", "room": self.money(room)}
        self.reserved += asked
        return {"outcome": "HELD", "room": self.money(self.room)}

    def approve(self, step):
        name = step["request"]
        self.ledger.post(name)
        self.reserved -= self.asked(name)
        self.approved.append(name)
        return {"outcome": "CAPTURED", "approved": self.money(self.captured)}

    def stake(self, step):
        """The owner's own part is approved by itself as soon as its money is held."""
        self.request(step | {"type": settlement.PROFIT_ONLY})
        return self.approve(step | {"request": step["id"]})

    def withdraw(self, step):
        name = step["request"]
        if name in self.approved:
            self.approved.remove(name)
            to = wallet(self.requests[name]["by"])
            self.ledger.transfer(CAPITAL, to, self.asked(name))
        else:
            self.ledger.void(name)
            self.reserved -= self.asked(name)
        self.promote()
        return {"outcome": "WITHDRAWN", "room": self.money(self.room)}

    def join_waiting_list(self, step):
        self.requests[step["id"]] = dict(step)
        self.waiting.append(step["id"])
        return {"outcome": "WAITLISTED", "place": len(self.waiting)}

    def promote(self):
        """First in, first out among those who fit: who is too large goes on waiting."""
        for name in list(self.waiting):
            first = self.requests[name]
            if not self.room:
                return
            if self.units(first["amount"]) > self.room:
                if not first.get("allow_partial"):
                    continue
                first["amount"] = self.money(self.room)
            self.waiting.remove(name)
            self.reserved += self.asked(name)
            if not self.ledger.hold(name, wallet(first["by"]), CAPITAL, self.asked(name)):
                raise ValueError(f"{name} has not the money")

    def await_promoted(self, step):
        return {"outcome": "HELD", "amount": self.requests[step["request"]]["amount"]}

    def await_expired(self, step):
        self.ledger.void(step["request"])
        self.reserved -= self.asked(step["request"])
        return {"outcome": "EXPIRED", "room": self.money(self.room)}

    @property
    def deadline(self):
        """In hours after the beginning."""
        steps = self.scenario["steps"]
        opened = next(step["at_hours"] for step in steps if step["do"] == "open_funding")
        return opened + self.terms["funding_deadline_hours"]

    def await_cancelled(self, _step):
        """Nothing is open after the deadline and the goal is not reached: all is paid back."""
        for name in list(self.ledger.pending):
            if self.hours < self.asked_at[name] + self.terms["decision_hours"]:
                raise ValueError(f"{name} may still be decided")
            self.await_expired({"request": name})
        if self.hours < self.deadline or self.reserved or not self.room:
            raise ValueError("the round isn't over without its goal")
        refunds, refunded = len(self.approved), self.captured
        for name in self.approved:
            to = wallet(self.requests[name]["by"])
            self.ledger.transfer(CAPITAL, to, self.asked(name))
        return {"outcome": "CANCELLED", "code": "DEADLINE_MISSED",
                "refunded": self.money(refunded), "refunds": refunds}

    def reject(self, step):
        self.ledger.void(step["request"])
        self.reserved -= self.asked(step["request"])
        return {"outcome": "REJECTED", "code": "OWNER", "room": self.money(self.room)}

    def await_seal(self, _step):
        if self.room or self.reserved or self.ledger.credit(CAPITAL) != self.goal:
            raise ValueError("the offering isn't full")
        self.has_seal = True
        return {"outcome": "SEALED", "total": self.money(self.goal)}

    # Execution.

    def pay(self, line, to, units):
        self.ledger.transfer(CAPITAL, to, units)
        self.paid[line] = self.paid.get(line, 0) + units

    def start_execution(self, _step):
        self.pay("PLATFORM_FEE", FEES, sum(self.plan.kind("PLATFORM_FEE")))

    def disburse(self, step):
        units, left = self.units(step["amount"]), self.ledger.available(CAPITAL)
        if units > left:
            missing = self.money(units - left)
            return {"outcome": "REFUSED", "code": "overrun_needs_advance", "missing": missing}
        self.pay(step["line"], CUSTODY, units)
        return {"outcome": "PAID"}

    def advance(self, step):
        units = self.units(step["amount"])
        self.ledger.transfer(wallet(step["by"]), CAPITAL, units)
        self.advanced += units

    def recover(self, step):
        units = self.units(step["amount"])
        self.ledger.transfer(CUSTODY, CAPITAL, units)
        self.recovered += units

    def receive(self, step):
        self.received = [step["counted"][sku] for sku in self.skus]

    @property
    def allotments(self):
        """What lapsed counts as nothing: it is sold with the rest."""
        whole = settlement.allotments(self.participations, self.received)
        none = [0] * len(self.skus)
        return {name: none if name in self.lapsed else units for name, units in whole.items()}

    def hand_over(self, step):
        self.handed_over.add(step["request"])
        units = self.allotments[step["request"]]
        return {"outcome": "HANDED_OVER", "units": dict(zip(self.skus, units))}

    def await_lapsed(self, step):
        units = dict(zip(self.skus, self.allotments[step["request"]]))
        self.lapsed[step["request"]] = units
        return {"outcome": "LAPSED", "units": units}

    def sell(self, step):
        for line in step["lines"]:
            self.sold[line["sku"]][0] += line["units"]
            self.sold[line["sku"]][1] += self.units(line["net"])
        net = sum(self.units(line["net"]) for line in step["lines"])
        self.ledger.transfer(CUSTODY, PROCEEDS, net)
        return {"outcome": "MATCHED", "net": self.money(net)}

    def write_off(self, step):
        self.written_off[step["sku"]] += step["units"]

    def buy_back(self, step):
        landed = self.plan.landed_unit[self.skus.index(step["sku"])]
        price = round(step["units"] * landed * self.terms["buyback_ppm"] / PPM)
        self.ledger.transfer(CUSTODY, PROCEEDS, price)
        self.bought_back[step["sku"]][0] += step["units"]
        self.bought_back[step["sku"]][1] += price
        return {"outcome": "MATCHED", "net": self.money(price)}

    def cancel(self, _step):
        """In execution nothing is paid back: what is there goes out by the liquidation run."""
        self.cancelled = True
        return {"outcome": "CANCELLED", "liquidation": "OPEN"}

    def complete(self, _step):
        if set(self.allotments) != self.handed_over | set(self.lapsed):
            raise ValueError("an allotment is not handed over")
        for row in self.goods():
            gone = row["sold"] + row["written_off"] + row["bought_back"]
            if row["sellable"] != gone:
                raise ValueError(f"{row['sku']}: {row['sellable']} sellable, {gone} accounted for")

    # Settlement.

    @property
    def capital(self):
        paid = sum(self.paid.values())
        return settlement.Capital(self.captured, self.advanced, self.recovered, paid)

    def stocks(self):
        stocks = []
        for j, sku in enumerate(self.skus):
            units, net = map(sum, zip(self.sold[sku], self.bought_back[sku]))
            landed = self.plan.landed_unit[j]
            stocks.append(settlement.Stock(sku, self.received[j], units, net, landed))
        return stocks

    @property
    def kind(self):
        return settlement.LIQUIDATION if self.cancelled else settlement.FINAL

    def approve_run(self, _step):
        terms = settlement.Terms(
            self.terms["investor_share_ppm"], self.terms["success_fee_ppm"],
            first_loss=self.units(self.terms["first_loss"]))
        ledger = self.ledger
        run = settlement.final_run(self.participations, self.capital, ledger.credit(PROCEEDS),
                                   self.stocks(), terms, self.kind)
        for line in run.lines:
            to = wallet(self.requests[line.participation.id]["by"])
            ledger.transfer(CAPITAL, to, line.from_capital)
            ledger.transfer(PROCEEDS, to, line.net - line.from_capital)
        owner = wallet(self.owner)
        ledger.transfer(CAPITAL, owner, run.advance_returned)
        ledger.transfer(PROCEEDS, owner, run.advance_repaid + run.owner_paid)
        ledger.transfer(PROCEEDS, FEES, run.fee)
        ledger.transfer(PROCEEDS, TAX, run.tax)
        self.run = run

    @property
    def owner(self):
        return next(who["id"] for who in self.scenario["cast"] if "OWNER" in who["roles"])

    def payout(self, step):
        units = self.units(step["amount"])
        if not self.is_verified(step["by"]):
            return {"outcome": "REFUSED", "code": "wallet_blocked"}
        if not self.ledger.hold("payout", wallet(step["by"]), CUSTODY, units):
            raise ValueError("the wallet doesn't have the payout")

    def confirm_payout(self, _step):
        self.ledger.post("payout")

    # The golden file.

    def goods(self):
        allotted = self.allotments
        rows = []
        for j, product in enumerate(self.plan.products):
            mine = {name: units[j] for name, units in allotted.items()}
            rows.append({
                "sku": product.sku,
                "ordered": product.quantity,
                "received": self.received[j],
                "allotted": mine,
                "sellable": self.received[j] - sum(mine.values()),
                "sold": self.sold[product.sku][0],
                "bought_back": self.bought_back[product.sku][0],
                "written_off": self.written_off[product.sku],
                "net_sales": self.money(self.sold[product.sku][1]),
                "buy_back": self.money(self.bought_back[product.sku][1]),
            })
        return rows

    def snapshot(self):
        return {
            "version": 1,
            "goal": self.money(self.goal),
            "total_cost": self.money(self.plan.total_cost),
            "recoverable_taxes": self.money(self.plan.recoverable),
            "projected_return": self.money(self.plan.projected_return),
            "participations": [
                {
                    "request": p.id,
                    "investor": self.requests[p.id]["by"],
                    "type": p.kind,
                    "amount": self.money(p.amount),
                    "share": exact(Fraction(p.amount, self.goal)),
                    "approval": p.approval + 1,
                }
                for p in self.participations
            ],
        }

    def budget(self):
        """Budget against actual: every cost line's kind, goods first."""
        planned = {"GOODS": sum(self.plan.goods)}
        for line in self.plan.lines:
            planned.setdefault(line.kind, sum(self.plan.kind(line.kind)))
        rows = []
        for kind, units in planned.items():
            actual = self.paid.get(kind, 0)
            figures = {"planned": units, "actual": actual, "over": actual - units}
            rows.append({"line": kind} | self.shown(figures))
        return rows

    def run_lines(self):
        rows = []
        for line in self.run.lines:
            fractions = {sku: exact(part) for sku, (part, _, _) in zip(self.skus, line.fractions)}
            name = line.participation.id
            rows.append({"request": name, "investor": self.requests[name]["by"]}
                        | self.shown(settlement.single(line)) | {"fractions": fractions})
        return rows

    def settled(self):
        run, capital = self.run, self.capital
        figures = {
            "captured": capital.captured, "advanced": capital.advanced,
            "recovered": capital.recovered, "paid": capital.paid, "unspent": run.unspent,
            "advance_unused": run.advance_unused, "advance_used": capital.advance_used,
            "advance_repaid": run.advance_repaid, "fractions": sum(run.fraction_pots),
            "pool": run.pool, "at_work": run.at_work, "loss": run.loss, "profit": run.profit,
            "owner_profit": run.owner_profit, "owner_split": run.owner_split, "fee": run.fee,
            "tax": run.tax, "distributed": run.distributed,
        }
        pots = self.shown(dict(zip(self.skus, run.fraction_pots)))
        lines = self.run_lines()
        return {"kind": self.kind} | self.shown(figures) | {"fraction_pots": pots, "lines": lines}

    def final(self):
        ledger = self.ledger
        wallets = {who["id"]: ledger.credit(wallet(who["id"])) for who in self.scenario["cast"]
                   if {"OWNER", "INVESTOR"} & set(who["roles"])}
        return {"wallets": self.shown(wallets)} | self.shown({
            "platform_fees": ledger.credit(FEES), "tax_payable": ledger.credit(TAX),
            "escrow_capital": ledger.credit(CAPITAL), "escrow_proceeds": ledger.credit(PROCEEDS),
            "held": ledger.held, "custody_bank": ledger.custody,
            "trial_balance": ledger.trial_balance,
        })

    def golden(self):
        lines = {line.kind: sum(self.plan.kind(line.kind)) for line in self.plan.lines}
        plan = {"lines": self.shown(lines), "goal": self.money(self.goal)}
        parts = {
            "currency": self.currency,
            "plan": costing.report(self.plan) | plan,
            "answers": self.answers,
            "balances": self.balances,
        }
        if self.has_seal:
            parts |= {"snapshot": self.snapshot(), "budget": self.budget(), "goods": self.goods(),
                      "run": self.settled()}
        return parts | {"final": self.final()}


def exact(value):
    """An exact fraction as numerator and denominator, in lowest terms."""
    return f"{value.numerator}/{value.denominator}"


def reference(step):
    """What the step is about, for a reader."""
    names = ("id", "request", "bank_reference", "by")
    return next((step[name] for name in names if name in step), "")


def calculate(name="settled"):
    story = Story(json.loads(scenario_of(name).read_text(encoding="utf-8")))
    story.play()
    return json.dumps(story.golden(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    golden.main(__doc__, {name: (golden_of(name), partial(calculate, name)) for name in NAMES})
