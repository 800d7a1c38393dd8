"""Allotments, the FINAL run and the liquidation: domain.md §5."""

from dataclasses import dataclass, field
from fractions import Fraction

from money import PPM, largest_remainder

PRODUCTS, PROFIT_ONLY = "PRODUCTS", "PROFIT_ONLY"


@dataclass(frozen=True)
class Participation:
    """An approved share of the project; `approval` is its place in the order of approvals.

    `lapsed`: its goods were not collected in time and were sold for it.
    """

    id: str
    kind: str
    amount: int
    approval: int
    owner: bool = False
    lapsed: bool = False


@dataclass(frozen=True)
class Terms:
    """What was agreed before publishing, for the run."""

    investor_share_ppm: int = PPM
    success_fee_ppm: int = 0
    tax_ppm: int = 0
    first_loss: int = 0


@dataclass(frozen=True)
class Stock:
    """One product at FINAL: `realised` is net minor units for `sold` units, buy-back included."""

    sku: str
    received: int
    sold: int
    realised: int
    landed_unit: Fraction


@dataclass(frozen=True)
class Capital:
    """The cumulative figures of escrow:capital: captured, advanced, recovered, paid."""

    captured: int
    advanced: int
    recovered: int
    paid: int

    @property
    def left(self):
        return self.captured + self.advanced + self.recovered - self.paid

    @property
    def advance_used(self):
        """Costs are paid out of the investors' capital first, the advance bears what is beyond.

        A recovery gives capital back; it doesn't make a used advance unused (it is subordinated).
        """
        return min(self.advanced, max(0, self.paid - self.captured))

    @property
    def advance_unused(self):
        return self.advanced - self.advance_used

    @property
    def unspent(self):
        return self.left - self.advance_unused


@dataclass
class RunLine:
    """What one participation gets, and from which figures."""

    participation: Participation
    unspent: int = 0
    at_work: int = 0
    fractions: list = field(default_factory=list)
    fraction_cash: int = 0
    fraction_cost: int = 0
    owner_split: int = 0
    capital: int = 0
    profit: int = 0
    fee: int = 0
    tax: int = 0

    @property
    def taxable(self):
        """Cash profit: of the pool, or the holder's part of the gain on fractions."""
        gain = max(0, self.fraction_cash - self.fraction_cost)
        return self.profit + gain - self.owner_split

    @property
    def net(self):
        gross = self.unspent + self.fraction_cash - self.owner_split + self.capital + self.profit
        return gross - self.fee - self.tax


@dataclass
class Run:
    """The FINAL run: its lines and what goes to the owner and the platform."""

    lines: list
    unspent: int
    fraction_pots: list
    pool: int
    at_work: int
    advance_unused: int
    advance_used: int
    advance_repaid: int
    profit: int
    owner_profit: int
    loss: int
    first_loss: int

    @property
    def owner_split(self):
        return self.owner_profit + sum(line.owner_split for line in self.lines)

    @property
    def fee(self):
        return sum(line.fee for line in self.lines)

    @property
    def tax(self):
        return sum(line.tax for line in self.lines)

    @property
    def distributed(self):
        people = sum(line.net for line in self.lines)
        owner = self.owner_split + self.advance_unused + self.advance_repaid
        return people + owner + self.fee + self.tax


def tie_order(participations):
    """Places for ties: the larger amount, then the earlier approval, then the smaller id."""
    key = lambda p: (-p.amount, p.approval, p.id)
    ranked = sorted(participations, key=key)
    return [ranked.index(p) for p in participations]


def share_out(pot, participations, weights):
    """One pot of a single run."""
    return largest_remainder(pot, weights, tie_order(participations))


def unit_by_unit(pot, participations, entitled, received):
    """The rule of exactness word by word: each unit to the largest (entitlement - received)."""
    received, order = list(received), tie_order(participations)
    given = [0] * len(participations)
    for _ in range(pot):
        gap = lambda i: (entitled[i] - received[i] - given[i], -order[i])
        given[max(range(len(given)), key=gap)] += 1
    return given


def allotments(participations, received):
    """Whole units of each product per PRODUCTS participation: floor(s_i * received_j)."""
    total = sum(p.amount for p in participations)
    return {p.id: [p.amount * units // total for units in received]
            for p in participations if p.kind == PRODUCTS}


def pay_fractions(lines, everyone, stocks):
    """Step 2: the holders' fractions at the realised net unit price, per product."""
    total = sum(p.amount for p in everyone)
    holders = [line for line in lines if line.participation.kind == PRODUCTS]
    whole = allotments(everyone, [stock.received for stock in stocks])
    pots = []
    for j, stock in enumerate(stocks):
        # What lapsed was not handed over: the claim is the whole of s_i * received_j.
        parts = [Fraction(h.participation.amount * stock.received, total)
                 - (0 if h.participation.lapsed else whole[h.participation.id][j])
                 for h in holders]
        for holder, part in zip(holders, parts):
            holder.fractions.append(part)
        # An unsold product pays nothing, so its fractions have no cost to set against cash either.
        price = Fraction(stock.realised, stock.sold) if stock.sold else Fraction(0)
        # A fraction of a unit that was written off is worth nothing.
        pot = min(stock.realised, round(sum(parts) * price))
        pots.append(pot)
        paid = share_out(pot, [h.participation for h in holders], parts)
        for holder, part, cash in zip(holders, parts, paid):
            holder.fraction_cash += cash
            # Rounded per product like the cash beside it: the derivation adds up as it is printed.
            holder.fraction_cost += round(part * stock.landed_unit) if stock.sold else 0
    return pots


def share_gains(lines, terms):
    """The owner's part of the gain on fractions, rounded per holder."""
    for line in lines:
        gain = max(0, line.fraction_cash - line.fraction_cost)
        line.owner_split = gain - round(Fraction(gain * terms.investor_share_ppm, PPM))


def repay_capital(pool, at_work, terms):
    """Steps 3 and 4 for the capital of the pool's lines; returns (loss, borne first)."""
    people = [line.participation for line in pool]
    total = sum(line.at_work for line in pool)
    weights = [line.at_work for line in pool]
    loss = max(0, total - at_work)
    owner = sum(line.at_work for line in pool if line.participation.owner)
    first = min(terms.first_loss, loss, owner)
    if first:
        mine = [i for i, line in enumerate(pool) if line.participation.owner]
        taken = share_out(first, [people[i] for i in mine], [weights[i] for i in mine])
        for i, units in zip(mine, taken):
            weights[i] -= units
    for line, units in zip(pool, share_out(total - loss, people, weights)):
        line.capital = units
    return loss, first


def final_run(participations, capital, proceeds, stocks, terms):
    """A FINAL run or a liquidation, without earlier INTERIM runs and without holdback."""
    lines = [RunLine(p) for p in participations]
    weights = [p.amount for p in participations]
    for line, unspent in zip(lines, share_out(capital.unspent, participations, weights)):
        line.unspent, line.at_work = unspent, max(0, line.participation.amount - unspent)

    pots = pay_fractions(lines, participations, stocks)
    share_gains(lines, terms)

    pool = [line for line in lines if line.participation.kind == PROFIT_ONLY]
    people = [line.participation for line in pool]
    cash = proceeds - sum(pots)
    at_work = sum(line.at_work for line in pool)
    loss, first = repay_capital(pool, cash, terms)
    rest = cash - (at_work - loss)

    amounts = [p.amount for p in people]
    part = Fraction(capital.advance_used * sum(amounts), sum(weights))
    repaid = min(rest, round(part))
    profit = rest - repaid
    investors = round(Fraction(profit * terms.investor_share_ppm, PPM)) if pool else 0
    for line, units in zip(pool, share_out(investors, people, amounts)):
        line.profit = units

    for line in lines:
        line.fee = round(Fraction(line.taxable * terms.success_fee_ppm, PPM))
        line.tax = round(Fraction((line.taxable - line.fee) * terms.tax_ppm, PPM))
    run = Run(lines, capital.unspent, pots, cash, at_work, capital.advance_unused,
              capital.advance_used, repaid, profit, profit - investors, loss, first)
    if run.distributed != capital.left + proceeds:
        raise AssertionError("the run doesn't give out what was in escrow")
    return run
