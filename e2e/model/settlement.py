"""Allotments and the runs of a settlement: domain.md §5 and docs/adr/0002.

Started as a program, it reads the facts of runs, a document a line, and answers each line with the
run's document, or the code of its refusal: another program can ask both and compare every figure.
Both documents are those of `models/settlement`.
"""

import heapq
import json
import math
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from money import PPM, largest_remainder

PRODUCTS, PROFIT_ONLY = "PRODUCTS", "PROFIT_ONLY"
INTERIM, FINAL, ADJUSTMENT, LIQUIDATION = "INTERIM", "FINAL", "ADJUSTMENT", "LIQUIDATION"
NO_LIMIT = 10**15
# A pot above this many units gets a head start before it is given out unit by unit.
COUNTED = 1_000


class Refused(Exception):
    """The facts contradict each other, or there is nothing to pay."""


@dataclass(frozen=True)
class Participation:
    """An approved share of the project; `approval` is its place in the order of approvals.

    `lapsed`: whole units by product that were not collected in time and were sold for it. The last
    three are what earlier runs paid on it (before fee and tax), and took of that.
    """

    id: str
    kind: str
    amount: int
    approval: object
    owner: bool = False
    tax_ppm: int = 0
    lapsed: dict = field(default_factory=dict)
    received: int = 0
    fee_taken: int = 0
    tax_taken: int = 0
    investor: str = ""


@dataclass(frozen=True)
class Terms:
    """What was agreed before publishing, for the run."""

    investor_share_ppm: int = PPM
    success_fee_ppm: int = 0
    holdback_ppm: int = 0
    buyback_ppm: int = 0
    first_loss: int = 0


@dataclass(frozen=True)
class Stock:
    """One product: `realised` is net minor units for `sold` units, buy-back included."""

    sku: str
    received: int
    sold: int
    realised: int
    landed_unit: Fraction


@dataclass(frozen=True)
class Capital:
    """The cumulative figures of escrow:capital; the last two were paid by earlier runs."""

    captured: int
    advanced: int
    recovered: int
    paid: int
    returned: int = 0
    unspent_paid: int = 0

    @property
    def left(self):
        return self.captured + self.advanced + self.recovered - self.paid

    @property
    def balance(self):
        return self.left - self.unspent_paid - self.returned

    @property
    def advance_used(self):
        """Costs are paid out of the investors' capital first, the advance bears what is beyond.

        A recovery gives capital back; it doesn't make a used advance unused (it is subordinated).
        """
        return min(self.advanced, max(0, self.paid - self.captured))

    @property
    def advance_unused(self):
        return min(self.left, self.advanced - self.advance_used)

    @property
    def unspent(self):
        return self.left - self.advance_unused


@dataclass(frozen=True)
class Proceeds:
    """The cumulative net sales in escrow:proceeds; the last two were paid by earlier runs."""

    came_in: int
    repaid: int = 0
    owner_split_paid: int = 0


@dataclass
class Line:
    """What one participation gets, and from which figures."""

    participation: Participation
    unspent: int = 0
    at_work: int = 0
    first_loss: int = 0
    # Per product: the part of it, its cash, its landed cost.
    fractions: list = field(default_factory=list)
    owner_split: int = 0
    capital: Fraction = Fraction(0)
    profit: Fraction = Fraction(0)
    rank: int | None = None
    gross: int = 0
    held_back: int = 0
    from_capital: int = 0
    cash_profit: int = 0
    fee: int = 0
    tax: int = 0

    @property
    def fraction_cash(self):
        return sum(cash for _, cash, _ in self.fractions)

    @property
    def fraction_cost(self):
        return sum(cost for _, _, cost in self.fractions)

    @property
    def entitlement(self):
        goods = self.fraction_cash - self.owner_split
        return self.unspent + goods + self.capital + self.profit

    @property
    def paid(self):
        return self.gross - self.held_back

    @property
    def net(self):
        return self.paid - self.fee - self.tax

    @property
    def of_pool(self):
        """What a single run pays of the cash pool, as (capital, profit)."""
        units = self.gross - self.unspent - self.fraction_cash + self.owner_split
        capital = min(units, self.at_work + self.first_loss)
        return capital, units - capital


@dataclass
class Run:
    """A run: the cumulative sums, what this one pays to the owner, and a line for each share."""

    kind: str
    lines: list
    unspent: int = 0
    advance_unused: int = 0
    fraction_pots: list = field(default_factory=list)
    pool: int = 0
    at_work: int = 0
    first_loss: int = 0
    capital: int = 0
    advance_used: int = 0
    profit: int = 0
    investors_profit: int = 0
    escrow_before: int = 0
    advance_returned: int = 0
    advance_repaid: int = 0
    owner_paid: int = 0
    owner_held_back: int = 0
    owner_from_capital: int = 0
    last_units: int = 0

    def sum(self, figure):
        return sum(getattr(line, figure) for line in self.lines)

    @property
    def loss(self):
        """Capital at work that the pool doesn't give back."""
        return self.at_work - self.capital

    @property
    def owner_profit(self):
        return self.profit - self.investors_profit

    @property
    def owner_split(self):
        return self.owner_profit + self.sum("owner_split")

    @property
    def fee(self):
        return self.sum("fee")

    @property
    def tax(self):
        return self.sum("tax")

    @property
    def distributed(self):
        return self.sum("paid") + self.owner_paid + self.advance_returned + self.advance_repaid


def tie_key(participation):
    """Ties: the larger amount, then the earlier approval, then the smaller id."""
    return (-participation.amount, participation.approval, participation.id)


def agreed(facts):
    """Who takes part, in the order of approval, and the terms, as the golden scenarios write them."""
    terms = dict(facts["terms"])
    tax_ppm = terms.pop("tax_ppm")
    people = [Participation(p["id"], p["type"], p["amount"], n, p.get("owner", False), tax_ppm)
              for n, p in enumerate(facts["participations"])]
    return people, Terms(**terms)


def tie_order(participations):
    ranked = sorted(range(len(participations)), key=lambda i: tie_key(participations[i]))
    places = [0] * len(ranked)
    for place, i in enumerate(ranked):
        places[i] = place
    return places


def share_out(pot, participations, weights):
    """A pot of whole units, by largest remainder."""
    return largest_remainder(pot, weights, tie_order(participations))


def half_even(units, rate_ppm):
    """A part of whole units."""
    return round(Fraction(units * rate_ppm, PPM))


def unit_by_unit(pot, participations, entitled, received, counted=COUNTED):
    """The rule of exactness word by word: each unit to the largest (entitlement - received)."""
    gaps = [Fraction(due) - had for due, had in zip(entitled, received)]
    unit = math.lcm(*(gap.denominator for gap in gaps))
    gaps = [int(gap * unit) for gap in gaps]
    given = head_start(pot, gaps, unit) if pot > counted else [0] * len(gaps)
    queue = [(number * unit - gap, place, i) for i, (number, gap, place)
             in enumerate(zip(given, gaps, tie_order(participations)))]
    heapq.heapify(queue)
    for _ in range(pot - sum(given)):
        gap, place, i = queue[0]
        given[i] += 1
        heapq.heapreplace(queue, (gap + unit, place, i))
    return given


def head_start(pot, gaps, unit):
    """The units that come before all others: those of a gap above a level that the pot reaches."""
    above = lambda level: [max(0, -((level - gap) // unit)) for gap in gaps]
    low, high = min(gaps) - pot * unit, max(gaps)
    while low < high:
        middle = (low + high) // 2
        if sum(above(middle)) <= pot:
            high = middle
        else:
            low = middle + 1
    return above(high)


def remainder_ranks(pot, participations, entitled, received):
    """Who shares in the pot down to a common level, ranked by what is left of a unit above it."""
    order = tie_order(participations)
    gaps = [Fraction(due) - had for due, had in zip(entitled, received)]
    sharing, level = [], Fraction(0)
    for i in sorted(range(len(gaps)), key=lambda i: (-gaps[i], order[i])):
        if sharing and gaps[i] <= level:
            break
        sharing.append(i)
        level = (sum(gaps[j] for j in sharing) - pot) / len(sharing)
    over = {i: gaps[i] - level for i in sharing}
    ranked = sorted(sharing, key=lambda i: (math.floor(over[i]) - over[i], order[i]))
    last_units = pot - sum(math.floor(value) for value in over.values())
    return {i: place for place, i in enumerate(ranked, 1)}, last_units


def allotments(participations, received):
    """Whole units of each product per PRODUCTS participation: floor(s_i * received_j)."""
    total = sum(p.amount for p in participations)
    return {p.id: [p.amount * units // total for units in received]
            for p in participations if p.kind == PRODUCTS}


def pay_fractions(lines, everyone, stocks):
    """Step 2: the holders' fractions at the realised net unit price, per product."""
    total = sum(p.amount for p in everyone)
    holders = [line for line in lines if line.participation.kind == PRODUCTS]
    pots = []
    for stock in stocks:
        # What lapsed was not handed over: it is paid like the fraction of a unit.
        parts = [Fraction(h.participation.amount * stock.received % total, total)
                 + h.participation.lapsed.get(stock.sku, 0) for h in holders]
        # An unsold product pays nothing, so its fractions have no cost to set against cash either.
        price = Fraction(stock.realised, stock.sold) if stock.sold else Fraction(0)
        # A fraction of a unit that was written off is worth nothing.
        pot = min(stock.realised, round(sum(parts) * price)) if stock.sold else 0
        pots.append(pot)
        paid = share_out(pot, [h.participation for h in holders], parts)
        for holder, part, cash in zip(holders, parts, paid):
            # Rounded per product like the cash beside it: the derivation adds up as it is printed.
            cost = round(part * stock.landed_unit) if stock.sold else 0
            holder.fractions.append((part, cash, cost))
    return pots


def share_gains(lines, terms):
    """The owner's part of the gain on fractions, rounded per holder."""
    for line in lines:
        gain = max(0, line.fraction_cash - line.fraction_cost)
        line.owner_split = gain - half_even(gain, terms.investor_share_ppm)


def first_loss(pool, loss, terms):
    """Step 4: what the owner's stakes bear before anybody else."""
    mine = [line for line in pool if line.participation.owner]
    first = min(terms.first_loss, loss, sum(line.at_work for line in mine))
    weights = [line.at_work for line in mine]
    for line, units in zip(mine, share_out(first, [line.participation for line in mine], weights)):
        line.first_loss = units
        line.at_work -= units
    return first


def claim_pool(run, capital, terms):
    """Steps 3 and 4: capital, then used advances, then profit; or the loss."""
    pool = [line for line in run.lines if line.participation.kind == PROFIT_ONLY]
    run.at_work = sum(line.at_work for line in pool)
    run.capital = min(run.pool, run.at_work)
    run.first_loss = first_loss(pool, run.loss, terms)
    claim_capital(run, pool)
    amount = sum(line.participation.amount for line in pool)
    rest = run.pool - run.capital
    part = Fraction(capital.advance_used * amount, capital.captured)
    run.advance_used = min(rest, round(part))
    run.profit = rest - run.advance_used
    run.investors_profit = half_even(run.profit, terms.investor_share_ppm)
    if run.investors_profit and not pool:
        raise Refused("nobody_to_pay")
    for line in pool:
        line.profit = Fraction(run.investors_profit * line.participation.amount, amount)


def claim_capital(run, pool):
    weights = sum(line.at_work for line in pool)
    for line in pool:
        line.capital = Fraction(run.capital * line.at_work, weights or 1)


def claims(run, capital, proceeds, stocks, terms, limit):
    """What everybody is entitled to, all runs together."""
    lines = run.lines
    people = [line.participation for line in lines]
    if run.kind != INTERIM:
        run.unspent, run.advance_unused = capital.unspent, capital.advance_unused
    amounts = [p.amount for p in people]
    for line, unspent in zip(lines, share_out(run.unspent, people, amounts)):
        line.unspent = unspent
        if line.participation.kind == PROFIT_ONLY:
            line.at_work = max(0, line.participation.amount - unspent)
    run.fraction_pots = pay_fractions(lines, people, stocks)
    run.pool = proceeds.came_in - sum(run.fraction_pots)
    if run.pool < 0:
        raise Refused("fractions_exceed_proceeds")
    if run.kind != INTERIM:
        share_gains(lines, terms)
        claim_pool(run, capital, terms)
        return
    # Capital alone, and no more of it than was asked for; the fractions' value stays back.
    pool = [line for line in lines if line.participation.kind == PROFIT_ONLY]
    run.at_work = sum(line.at_work for line in pool)
    before = sum(p.received for p in people)
    run.capital = min(run.pool, run.at_work, before + limit)
    claim_capital(run, pool)
    for line in lines:
        line.fractions = []


def pay(run, capital, proceeds, terms):
    """What this run pays: never more than is due and there; the owner's advances and split last."""
    people = [line.participation for line in run.lines]
    received = [p.received for p in people]
    held = terms.holdback_ppm if run.kind in (FINAL, LIQUIDATION) else 0
    sales = proceeds.came_in + capital.unspent_paid - sum(received)
    sales -= proceeds.repaid + proceeds.owner_split_paid
    run.escrow_before = capital.balance + sales
    cash = capital.balance
    # Out of proceeds only used advances are repaid; what is above them counts for the unused ones.
    advances = run.advance_unused + run.advance_used - capital.returned - proceeds.repaid
    unused = min(run.advance_unused - capital.returned, advances)
    run.advance_returned = min(cash, max(0, unused))
    cash -= run.advance_returned
    there = sales if run.kind == INTERIM else cash + sales

    entitled = [line.entitlement for line in run.lines]
    pot = min(there, max(0, int(sum(entitled)) - sum(received)))
    if pot:
        for line, units in zip(run.lines, unit_by_unit(pot, people, entitled, received)):
            line.gross = units
            line.held_back = half_even(units, held)
        places, run.last_units = remainder_ranks(pot, people, entitled, received)
        for i, place in places.items():
            run.lines[i].rank = place
    there -= pot
    if run.kind == INTERIM:
        there = 0
    used = min(there, max(0, advances - run.advance_returned))
    there -= used
    split = min(there, max(0, run.owner_split - proceeds.owner_split_paid))
    run.owner_held_back = half_even(split, held)
    run.owner_paid = split - run.owner_held_back

    cash = take_from_capital(run, 0 if run.kind == INTERIM else cash)
    of_capital = min(used, cash)
    run.advance_returned += of_capital
    run.advance_repaid = used - of_capital
    run.owner_from_capital = min(run.owner_paid, cash - of_capital)
    if run.kind in (INTERIM, ADJUSTMENT) and not run.distributed:
        raise Refused("nothing_to_distribute")


def take_from_capital(run, cash):
    """escrow:capital pays pro rata to a_i, then in the order of ties who can take more; the rest of
    it goes to the owner. All else comes out of escrow:proceeds. Returns that rest.
    """
    people = [line.participation for line in run.lines]
    parts = share_out(cash, people, [p.amount for p in people])
    for line, units in zip(run.lines, parts):
        line.from_capital = min(line.paid, units)
    cash -= run.sum("from_capital")
    for line in sorted(run.lines, key=lambda line: tie_key(line.participation)):
        more = min(line.paid - line.from_capital, cash)
        line.from_capital += more
        cash -= more
    return cash


def take_fee_and_tax(run, terms):
    """Step 5: of what each one received above the capital it stands for, less what was taken."""
    for line in run.lines:
        p = line.participation
        basis = p.amount
        if p.kind == PRODUCTS:
            basis = min(p.amount, line.unspent) + line.fraction_cost
        line.cash_profit = max(0, p.received + line.paid - basis)
        fee = half_even(line.cash_profit, terms.success_fee_ppm) - p.fee_taken
        line.fee = min(line.paid, max(0, fee))
        after = line.cash_profit - p.fee_taken - line.fee
        tax = half_even(after, p.tax_ppm) - p.tax_taken
        line.tax = min(line.paid - line.fee, max(0, tax))


def settle(kind, participations, capital, proceeds, stocks, terms, limit=NO_LIMIT):
    """A run of any kind, from the cumulative facts and what earlier runs paid."""
    run = Run(kind, [Line(p) for p in participations])
    claims(run, capital, proceeds, stocks, terms, limit)
    pay(run, capital, proceeds, terms)
    take_fee_and_tax(run, terms)
    return run


def after(run, capital, proceeds):
    """The facts as they are once a run was paid."""
    people = [replace(p, received=p.received + line.paid, fee_taken=p.fee_taken + line.fee,
                      tax_taken=p.tax_taken + line.tax)
              for line in run.lines for p in [line.participation]]
    unspent = run.sum("from_capital") + run.owner_from_capital
    capital = replace(capital, returned=capital.returned + run.advance_returned,
                      unspent_paid=capital.unspent_paid + unspent)
    proceeds = replace(proceeds, repaid=proceeds.repaid + run.advance_repaid,
                       owner_split_paid=proceeds.owner_split_paid + run.owner_paid)
    return people, capital, proceeds


def final_run(participations, capital, proceeds, stocks, terms, kind=FINAL):
    """A FINAL run or a liquidation that gives out all there is."""
    run = settle(kind, participations, capital, Proceeds(proceeds), stocks, terms)
    if run.distributed != capital.left + proceeds:
        raise AssertionError("the run doesn't give out what was in escrow")
    return run


def single(line):
    """A line of a project's only run, its cash pool in whole units. Goods are at work, too."""
    capital, profit = line.of_pool
    return {
        "unspent": line.unspent, "at_work": max(0, line.participation.amount - line.unspent),
        "capital": capital, "fraction_cash": line.fraction_cash,
        "fraction_cost": line.fraction_cost, "owner_split": line.owner_split, "profit": profit,
        "fee": line.fee, "tax": line.tax, "net": line.net,
    }


# The documents of `models/settlement`.


def buyback(product, terms):
    """`units * landed unit cost * buyback_ppm`, rounded once."""
    landed = Fraction(int(product["landed_cost_minor"]), int(product["ordered"]))
    return round(int(product["bought_back"]) * landed * terms.buyback_ppm / PPM)


def read_stock(product, terms):
    received, sold = int(product["received"]), int(product["sold"]) + int(product["bought_back"])
    if sold > received:
        raise Refused("sold_more_than_received")
    realised = int(product["sold_net_minor"]) + buyback(product, terms)
    landed_unit = Fraction(int(product["landed_cost_minor"]), int(product["ordered"]))
    return Stock(product["product"], received, sold, realised, landed_unit)


def read_participation(stake):
    paid = {name: int(units) for name, units in stake["paid"].items()}
    if stake["owner_stake"] and stake["share"] == PRODUCTS:
        raise Refused("owner_stake_of_products")
    if int(stake["amount_minor"]) <= 0:
        raise Refused("out_of_range")
    return Participation(
        stake["participation"], stake["share"], int(stake["amount_minor"]),
        datetime.fromisoformat(stake["approved_at"]), stake["owner_stake"], stake["tax_ppm"],
        {sku: int(units) for sku, units in stake.get("lapsed", {}).items()},
        paid["gross_minor"], paid["fee_minor"], paid["tax_minor"], stake["investor"])


def check(kind, people, stocks, escrow):
    """What the facts must agree on."""
    if not people:
        raise Refused("no_stakes")
    whole = allotments(people, [stock.received for stock in stocks])
    for p in people:
        most = dict(zip((stock.sku for stock in stocks), whole.get(p.id, ())))
        if any(not 0 <= units <= most.get(sku, 0) for sku, units in p.lapsed.items()):
            raise Refused("out_of_range")
    for names in ([p.id for p in people], [stock.sku for stock in stocks]):
        if len(set(names)) < len(names):
            raise Refused("duplicate")
    if sum(p.amount for p in people) != escrow["captured"]:
        raise Refused("captured_differs")
    left = escrow["captured"] + escrow["advances"] + escrow["recovered"] - escrow["costs"]
    if left - escrow["unspent_paid"] - escrow["advances_returned"] != escrow["capital"]:
        raise Refused("capital_mismatch")
    paid = sum(p.received for p in people) + escrow["advances_repaid"] + escrow["owner_split_paid"]
    if escrow["proceeds"] + escrow["unspent_paid"] - paid != escrow["proceeds_balance"]:
        raise Refused("proceeds_mismatch")
    after_final = ("unspent_paid", "advances_returned", "advances_repaid", "owner_split_paid")
    if kind == INTERIM and any(escrow[name] for name in after_final):
        raise Refused("interim_after_final")


def read(facts):
    """The arguments of `settle`."""
    terms = Terms(*(facts["terms"][name] for name in (
        "investor_share_ppm", "success_fee_ppm", "holdback_ppm", "buyback_ppm")),
        int(facts["terms"]["first_loss_minor"]))
    escrow = {name.removesuffix("_minor"): int(units) for name, units in facts["escrow"].items()}
    stocks = [read_stock(product, terms) for product in facts["products"]]
    people = sorted(map(read_participation, facts["stakes"]), key=tie_key)
    check(facts["kind"], people, stocks, escrow)
    capital = Capital(*(escrow[name] for name in (
        "captured", "advances", "recovered", "costs", "advances_returned", "unspent_paid")))
    proceeds = Proceeds(escrow["proceeds"], escrow["advances_repaid"], escrow["owner_split_paid"])
    return facts["kind"], people, capital, proceeds, stocks, terms, int(facts["interim_limit_minor"])


def ratio(value):
    return {"num": str(Fraction(value).numerator), "den": str(Fraction(value).denominator)}


def minors(**figures):
    return {f"{name}_minor": str(units) for name, units in figures.items()}


def write_line(line, kind, stocks):
    p = line.participation
    at_risk = p.kind == PROFIT_ONLY and kind != INTERIM
    loss = line.at_work + line.first_loss - line.capital if at_risk else 0
    return {
        "participation": p.id, "investor": p.investor, "share": p.kind, "owner_stake": p.owner,
        "fractions": [{"product": stock.sku, "fraction": ratio(part)}
                      | minors(cash=cash, landed=cost)
                      for stock, (part, cash, cost) in zip(stocks, line.fractions) if part and stock.sold],
        "capital": ratio(line.capital), "profit": ratio(line.profit), "loss": ratio(loss),
        "entitlement": ratio(line.entitlement),
        "remainder_rank": str(line.rank) if line.rank else None,
    } | minors(
        amount=p.amount, unspent=line.unspent, at_work=line.at_work + line.first_loss, first_loss=line.first_loss,
        owner_split=line.owner_split, received_before=p.received, gross=line.gross,
        held_back=line.held_back, paid=line.paid, from_capital=line.from_capital,
        cash_profit=line.cash_profit, fee=line.fee, tax=line.tax, net=line.net)


def write(facts, run, stocks):
    held_back = run.sum("held_back") + run.owner_held_back
    return {
        "currency": facts["currency"],
        "kind": run.kind,
        "waterfall": minors(
            unused_advances=run.advance_unused, unspent=run.unspent,
            fractions=sum(run.fraction_pots), pool=run.pool, at_work=run.at_work,
            first_loss=run.first_loss, capital=run.capital, used_advances=run.advance_used,
            profit=run.profit, investors_profit=run.investors_profit,
            owner_split=run.owner_split),
        "totals": minors(
            escrow_before=run.escrow_before, advances_returned=run.advance_returned,
            advances_repaid=run.advance_repaid, owner_split=run.owner_paid,
            owner_split_from_capital=run.owner_from_capital, gross=run.sum("gross"),
            paid=run.sum("paid"), unspent_paid=run.sum("from_capital") + run.owner_from_capital,
            fees=run.fee, taxes=run.tax, net=run.sum("net"), held_back=held_back,
            escrow_after=run.escrow_before - run.distributed,
        ) | {"last_units": str(run.last_units)},
        "lines": [write_line(line, run.kind, stocks) for line in run.lines],
    }


def answer(text):
    facts = json.loads(text)
    try:
        kind, people, capital, proceeds, stocks, terms, limit = read(facts)
        run = settle(kind, people, capital, proceeds, stocks, terms, limit)
        return write(facts, run, stocks)
    except Refused as refused:
        return str(refused)


if __name__ == "__main__":
    for text in sys.stdin:
        print(json.dumps(answer(text)))
