"""Landed cost: domain.md §4.

Started as a program, it reads sheets, a document a line (`{"sheet": …, "margin_ppm": …}`), and
answers each line with what `fondeo cost --json` prints and every line's parts, or the code of its
refusal: another program can ask both and compare.
"""

import csv
import json
import math
import sys
from dataclasses import dataclass, field
from fractions import Fraction

from money import PPM, amount, decimal, largest_remainder, minor, unit_figure

MARKED = "lines in the VAT base"
OTHER = "other lines"
# The order of evaluation. A base may be used only by a stage that comes after it is complete.
STAGES = ["goods", "FREIGHT", "INSURANCE", "CUSTOMS_DUTY", "EXCISE", MARKED, "VAT", "TAX_ADVANCE",
          OTHER, "CONTINGENCY", "PLATFORM_FEE"]
OTHER_KINDS = {"CUSTOMS_BROKER", "PORT_HANDLING", "INLAND_TRANSPORT", "INSPECTION", "STORAGE",
               "BANK_FEES", "OTHER"}
# Worked out product by product; the first rounds each, the second their sum.
ONE_BY_ONE = ("PER_PRODUCT", "PER_DOCUMENT")
LIMIT = 10**15
FEES = ("CONTINGENCY", "PLATFORM_FEE")
COMPLETE = {"FOB": "goods", "FOB_PLUS_FREIGHT": "FREIGHT", "CIF_GROSSED_UP": "FREIGHT",
            "CIF": "INSURANCE", "CIF_PLUS_DUTY": "CUSTOMS_DUTY", "CIF_PLUS_DUTY_PLUS_VAT": "VAT",
            "TOTAL_BEFORE_FEES": OTHER}


class Refused(ValueError):
    """Its text is the code."""


@dataclass(frozen=True)
class Product:
    """One line of goods; `goods` is its value in minor units of the project currency."""

    sku: str
    quantity: int
    goods: int
    weight: Fraction
    volume: Fraction
    duty_ppm: int
    # Minor units, when the owner gives it.
    planned_price: Fraction | None = None


@dataclass(frozen=True)
class Line:
    """One cost line: `fixed` minor units, or `rate_ppm` (None: each product's own) on `base`.

    `specific`: minor units for each `per` (unit or kg). With a base as well, the greater of both.
    """

    kind: str
    name: str
    allocation: str
    recoverable: bool = False
    fixed: int | None = None
    rate_ppm: int | None = None
    base: str = ""
    in_vat_base: bool = False
    gross_up: Fraction = Fraction(1)
    specific: Fraction | None = None
    per: str = "unit"
    at_least: int | None = None
    at_most: int | None = None

    @property
    def stage(self):
        if self.kind in OTHER_KINDS:
            return STAGES.index(MARKED if self.in_vat_base else OTHER)
        return STAGES.index(self.kind)


@dataclass
class Plan:
    """The whole calculation: `parts[n][j]` is what line n costs product j."""

    currency: str
    margin_ppm: int
    products: list
    lines: list
    parts: list = field(default_factory=list)

    def of(self, chosen):
        """Per product, the sum over the lines that `chosen` accepts."""
        rows = [part for line, part in zip(self.lines, self.parts) if part and chosen(line)]
        return [sum(row[j] for row in rows) for j in range(len(self.products))]

    def kind(self, *kinds):
        return self.of(lambda line: line.kind in kinds)

    @property
    def in_order(self):
        """The lines' places in the order of evaluation."""
        return sorted(range(len(self.lines)), key=lambda n: self.lines[n].stage)

    @property
    def goods(self):
        return [product.goods for product in self.products]

    @property
    def cif(self):
        return add(self.goods, self.kind("FREIGHT", "INSURANCE"))

    @property
    def landed(self):
        return add(self.goods, self.of(lambda line: not line.recoverable))

    @property
    def landed_unit(self):
        """Exact landed unit cost per product, in minor units."""
        return [Fraction(cost, p.quantity) for cost, p in zip(self.landed, self.products)]

    @property
    def total_cost(self):
        return sum(self.landed)

    @property
    def recoverable(self):
        return sum(self.of(lambda line: line.recoverable))

    @property
    def projected_return(self):
        return round(Fraction(self.total_cost * self.margin_ppm, PPM))

    def goal(self, finance_recoverable):
        return self.total_cost + (self.recoverable if finance_recoverable else 0)


def add(*vectors):
    return [sum(column) for column in zip(*vectors)]


def ppm(percent):
    """A percentage as whole parts per million."""
    rate = decimal(percent) * 10_000
    if rate.denominator != 1:
        raise ValueError(f"{percent} % is finer than one part per million")
    return rate.numerator


def base(plan, line):
    """The base of a rate, product by product."""
    match line.base:
        case "FOB":
            return plan.goods
        case "FOB_PLUS_FREIGHT" | "CIF_GROSSED_UP":
            return add(plan.goods, plan.kind("FREIGHT"))
        case "CIF":
            return plan.cif
        case "CIF_PLUS_DUTY" if line.kind == "VAT":
            return vat_base(plan)
        case "CIF_PLUS_DUTY":
            return add(plan.cif, plan.kind("CUSTOMS_DUTY"))
        case "CIF_PLUS_DUTY_PLUS_VAT":
            return add(vat_base(plan), plan.kind("VAT"))
        case "TOTAL_BEFORE_FEES":
            after = ("PLATFORM_FEE",) if line.kind == "PLATFORM_FEE" else FEES
            cost = plan.of(lambda other: not other.recoverable and other.kind not in after)
            return add(plan.goods, cost)
        case unknown:
            raise ValueError(f"unknown base {unknown!r}")


def vat_base(plan):
    marked = plan.of(lambda line: line.in_vat_base)
    return add(plan.cif, plan.kind("CUSTOMS_DUTY", "EXCISE"), marked)


def weights(plan, line):
    """The allocation key over products."""
    match line.allocation:
        case "BY_VALUE":
            return plan.goods
        case "BY_QUANTITY":
            return [p.quantity for p in plan.products]
        case "BY_WEIGHT":
            return [p.quantity * p.weight for p in plan.products]
        case "BY_VOLUME":
            return [p.quantity * p.volume for p in plan.products]
        case "BY_CIF":
            return plan.cif
        case "EQUAL":
            return [1] * len(plan.products)
        case key:
            raise ValueError(f"unknown key {key!r}")


def check(line):
    """What a line may not say, whatever the products are."""
    if line.in_vat_base and line.stage != STAGES.index(MARKED):
        raise Refused("not_for_vat_base")
    if line.allocation == "BY_CIF" and line.kind in ("FREIGHT", "INSURANCE"):
        raise Refused("part_of_cif")
    if line.fixed is not None:
        if line.allocation in ONE_BY_ONE:
            raise Refused("amount_per_product")
        return
    if not line.base and line.specific is None:
        raise Refused("rate_not_positive")
    if line.base:
        check_rate(line)


def check_amounts(specific, fixed, at_least, at_most):
    """What amounts may not say, as they are given: what is a cent there may be nothing here."""
    given = [x for x in (specific, fixed, at_least, at_most) if x is not None]
    if any(amount <= 0 for amount in given):
        raise Refused("amount_not_positive")
    if None not in (at_least, at_most) and at_least > at_most:
        raise Refused("limits_contradict")


def check_rate(line):
    if STAGES.index(COMPLETE[line.base]) >= line.stage:
        raise Refused("base_too_late")
    if line.rate_ppm == 0:
        raise Refused("rate_not_positive")
    if line.rate_ppm is None and line.allocation not in ONE_BY_ONE:
        raise Refused("rate_needs_per_product")
    if line.base == "CIF_GROSSED_UP":
        if line.kind != "INSURANCE":
            raise Refused("grossed_up_not_insurance")
        if (line.rate_ppm or 0) * line.gross_up >= PPM:
            raise Refused("grossed_up_too_high")
        if line.gross_up == 0:
            raise Refused("rate_not_positive")
        mixed = line.rate_ppm is None or line.specific is not None
        if mixed and line.allocation == "PER_DOCUMENT":
            raise Refused("grossed_up_per_document")


def exact_rates(plan, line):
    """What the rate comes to for each product, unrounded."""
    if not line.base:
        return [Fraction(0)] * len(plan.products)
    rates = [Fraction(p.duty_ppm if line.rate_ppm is None else line.rate_ppm, PPM)
             for p in plan.products]
    if line.base == "CIF_GROSSED_UP":
        # premium = rate * percentage * (base + premium)
        rates = [rate * line.gross_up for rate in rates]
        if max(rates) >= 1:
            raise Refused("grossed_up_too_high")
        rates = [rate / (1 - rate) for rate in rates]
    return [rate * value for rate, value in zip(rates, base(plan, line))]


def exact_specifics(plan, line):
    """What each product comes to by its units or kilograms, unrounded."""
    if line.specific is None:
        return [Fraction(0)] * len(plan.products)
    counts = [p.quantity * (p.weight if line.per == "kg" else 1) for p in plan.products]
    if not any(counts):
        raise Refused("nothing_to_allocate_by")
    return [line.specific * count for count in counts]


def share(units, weights):
    if not any(weights):
        raise Refused("nothing_to_allocate_by")
    return largest_remainder(within(units), weights)


def within(units):
    """What money can be."""
    if abs(units) > LIMIT:
        raise Refused("overflow")
    return units


def limited(line, units):
    """Within the limits of the whole line."""
    if line.at_least is not None:
        units = max(units, line.at_least)
    return units if line.at_most is None else min(units, line.at_most)


def rounded_together(exact):
    """The sum is rounded, and the parts so that they add up to it."""
    parts = [math.floor(value) for value in exact]
    left = round(sum(exact)) - sum(parts)
    ranked = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in ranked[:left]:
        parts[n] += 1
    return parts


def evaluate(plan, line):
    """What the line costs each product."""
    if line.fixed is not None:
        return share(line.fixed, weights(plan, line))
    rates, specifics = exact_rates(plan, line), exact_specifics(plan, line)
    greater = [max(pair) for pair in zip(rates, specifics)]
    if line.allocation in ONE_BY_ONE:
        alone = line.allocation == "PER_PRODUCT"
        parts = [round(value) for value in greater] if alone else rounded_together(greater)
        units = limited(line, within(sum(map(within, parts))))
        if units == sum(parts):
            return parts
        # Parts that round to nothing still have their proportion.
        return share(units, parts if any(parts) else [round(value * 10**9) for value in greater])
    units = within(round(max(sum(rates), sum(specifics))))
    return share(limited(line, units), weights(plan, line))


def calculate(currency, margin_ppm, products, lines):
    """Evaluates every line in the order of §4; the order of the file stays the order of `lines`."""
    for line in lines:
        check(line)
    plan = Plan(currency, margin_ppm, products, lines, [None] * len(lines))
    for n in plan.in_order:
        plan.parts[n] = evaluate(plan, lines[n])
    for total in (*plan.cif, plan.total_cost + plan.recoverable, plan.projected_return):
        within(total)
    return plan


def convert(units, source, target, rates):
    """Minor units of another currency in project currency."""
    return units if source == target else exchange(units, source, target, rates)


def minor_of(source, target, rates):
    """Minor units of `target` for one major unit of `source`."""
    if source == target:
        return Fraction(minor("1", target))
    if not rates.get(source):
        raise Refused("missing_rate")
    return minor("1", target) * rates[source]


def exchange(units, source, target, rates):
    return within(round(units * minor_of(source, target, rates) / minor("1", source)))


def goods_value(quantity, price, own, currency, rates):
    """`quantity * price` as the invoice has it, then at the line's rate."""
    return convert(within(round(quantity * price * minor("1", own))), own, currency, rates)


def read_products(path, currency, rates=None):
    """The goods file; `rates` gives project currency per unit of another currency."""
    products = []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quantity = int(row["quantity"])
            goods = goods_value(quantity, decimal(row["unit_price"]), row["currency"], currency,
                                rates or {})
            products.append(Product(row["sku"], quantity, goods, decimal(row["unit_weight_kg"]),
                                    decimal(row["unit_volume_m3"]), ppm(row["duty_rate_pct"])))
    return products


def read_lines(path, currency, rates=None):
    """The costs file."""
    rates, lines = rates or {}, []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rate, own = row["rate_pct"], row["currency"]
            specific, _, per = (row.get("specific") or "").partition("/")
            given = [minor(row[name], own) if row.get(name) else None
                     for name in ("amount", "at_least", "at_most")]
            check_amounts(decimal(specific) if specific else None, *given)
            fixed, at_least, at_most = (
                None if units is None else convert(units, own, currency, rates) for units in given)
            lines.append(Line(
                kind=row["kind"], name=row["name"], allocation=row["allocation"],
                recoverable=row["recoverable"] == "yes", fixed=fixed,
                rate_ppm=ppm(rate) if rate and rate != "per_product" else None,
                in_vat_base=row.get("in_vat_base") == "yes",
                specific=decimal(specific) * minor_of(own, currency, rates) if specific else None,
                per=per, at_least=at_least, at_most=at_most, **read_base(row["base"]),
            ))
    return lines


def read_base(text):
    """A base by its name, as in `CIF_GROSSED_UP:110`."""
    name, _, percent = text.partition(":")
    return {"base": name, "gross_up": Fraction(ppm(percent), PPM) if percent else Fraction(1)}


def read_product(product, currency, rates):
    """A product of a sheet's document."""
    price = decimal(product["unit_price"])
    if not 1 <= product["quantity"] <= 10**9:
        raise Refused("quantity_out_of_range")
    if not price:
        raise Refused("price_not_positive")
    planned = product.get("planned_price")
    return Product(
        product["sku"], product["quantity"],
        goods_value(product["quantity"], price, product["currency"], currency, rates),
        decimal(product["unit_weight"]), decimal(product["unit_volume"]), product["duty"],
        decimal(planned) * minor("1", currency) if planned else None)


def read_line(line, currency, rates):
    """A cost line of a sheet's document."""
    (form, charge), = line["charge"].items()
    tariff = charge if form == "tariff" else {}
    given = [charge if form == "fixed" else None, tariff.get("at_least"), tariff.get("at_most")]
    specific = tariff.get("specific")
    check_amounts(specific and decimal(specific["amount"]),
                  *(one and int(one["minor"]) for one in given))
    fixed, at_least, at_most = (
        one and convert(int(one["minor"]), one["currency"], currency, rates) for one in given)
    rule = charge if form == "rate" else tariff.get("ad_valorem")
    figures = read_base(rule["base"]) if rule else {}
    if rule and rule["rate"] != "per_product":
        figures["rate_ppm"] = rule["rate"]["ppm"]
    if specific:
        unit = minor_of(specific["currency"], currency, rates)
        figures |= {"specific": decimal(specific["amount"]) * unit, "per": specific["per"]}
    return Line(line["kind"], line["name"], line["allocation"], line["recoverable"], fixed,
                in_vat_base=line["in_vat_base"], at_least=at_least, at_most=at_most, **figures)


def answer(text):
    asked = json.loads(text)
    sheet = asked["sheet"]
    currency = sheet["currency"]
    rates = {code: decimal(rate) for code, rate in sheet["rates"].items()}
    try:
        if not sheet["products"]:
            raise Refused("no_products")
        skus = [product["sku"] for product in sheet["products"]]
        if len(set(skus)) < len(skus):
            raise Refused("duplicate_sku")
        products = [read_product(product, currency, rates) for product in sheet["products"]]
        lines = [read_line(line, currency, rates) for line in sheet["lines"]]
        plan = calculate(currency, asked["margin_ppm"], products, lines)
    except Refused as refused:
        return str(refused)
    return {"costing": report(plan), "parts": [plan.parts[n] for n in plan.in_order]}


def report(plan):
    """The JSON of `fondeo cost --json`."""
    money = lambda units: amount(units, plan.currency)
    kinds = list(dict.fromkeys(line.kind for line in plan.lines))
    by_kind = {kind: plan.kind(kind) for kind in kinds}
    planned = [product.planned_price or unit * (PPM + plan.margin_ppm) / PPM
               for product, unit in zip(plan.products, plan.landed_unit)]
    goods = sum(plan.goods)
    return {
        "currency": plan.currency,
        "totals": {
            "goods": money(goods),
            "logistics": money(plan.total_cost - goods),
            "total_cost": money(plan.total_cost),
            "recoverable_taxes": money(plan.recoverable),
            "cash_need": money(plan.total_cost + plan.recoverable),
            "cif": money(sum(plan.cif)),
            "projected_return": money(plan.projected_return),
        },
        "products": [
            {
                "sku": product.sku,
                "quantity": product.quantity,
                "goods": money(product.goods),
                "cif": money(plan.cif[j]),
                "lines": {kind: money(by_kind[kind][j]) for kind in kinds},
                "landed_cost": money(plan.landed[j]),
                "landed_unit_cost": unit_figure(plan.landed_unit[j], plan.currency),
                "planned_unit_price": unit_figure(planned[j], plan.currency),
            }
            for j, product in enumerate(plan.products)
        ],
    }


def what_if(plan, per_day, days):
    """§4.7: return when sales fall, and when selling takes `days` longer (`per_day` minor units).

    Break-even is the landed unit cost itself; a move in FX is a calculation with other rates.
    """
    sales = plan.total_cost + plan.projected_return
    falls = {fall: round(Fraction(sales * (100 - fall), 100)) - plan.total_cost
             for fall in (10, 20, 35)}
    late = plan.projected_return - per_day * days
    return {"break_even_unit": plan.landed_unit, "return_at_fall_pct": falls, "return_late": late}


def annualised_ppm(gain, cost, days):
    """A return as parts per million of cost and year."""
    return round(Fraction(gain * 365 * PPM, cost * days))


if __name__ == "__main__":
    for text in sys.stdin:
        print(json.dumps(answer(text)))
