"""Landed cost: domain.md §4."""

import csv
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
FEES = ("CONTINGENCY", "PLATFORM_FEE")
COMPLETE = {"FOB": "goods", "FOB_PLUS_FREIGHT": "FREIGHT", "CIF_GROSSED_UP": "FREIGHT",
            "CIF": "INSURANCE", "CIF_PLUS_DUTY": "CUSTOMS_DUTY", "CIF_PLUS_DUTY_PLUS_VAT": "VAT",
            "TOTAL_BEFORE_FEES": OTHER}


@dataclass(frozen=True)
class Product:
    """One line of goods; `goods` is its value in minor units of the project currency."""

    sku: str
    quantity: int
    goods: int
    weight: Fraction
    volume: Fraction
    duty_ppm: int


@dataclass(frozen=True)
class Line:
    """One cost line: `fixed` minor units, or `rate_ppm` (None: each product's own) on `base`."""

    kind: str
    name: str
    allocation: str
    recoverable: bool = False
    fixed: int | None = None
    rate_ppm: int | None = None
    base: str = ""
    in_vat_base: bool = False
    gross_up: Fraction = Fraction(1)

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
        case "BY_CIF" if line.kind not in ("FREIGHT", "INSURANCE"):
            return plan.cif
        case "EQUAL":
            return [1] * len(plan.products)
        case key:
            raise ValueError(f"{line.name}: can't be allocated {key}")


def evaluate(plan, line):
    """What the line costs each product."""
    if line.fixed is not None:
        return largest_remainder(line.fixed, weights(plan, line))
    if STAGES.index(COMPLETE[line.base]) >= line.stage:
        raise ValueError(f"{line.name}: the base {line.base} comes later")
    if line.base == "CIF_GROSSED_UP" and line.kind != "INSURANCE":
        raise ValueError(f"{line.name}: only insurance grosses up")
    rates = [p.duty_ppm if line.rate_ppm is None else line.rate_ppm for p in plan.products]
    if line.base == "CIF_GROSSED_UP":
        # premium = rate * percentage * (base + premium)
        rates = [rate * line.gross_up / PPM for rate in rates]
        rates = [rate / (1 - rate) for rate in rates]
    else:
        rates = [Fraction(rate, PPM) for rate in rates]
    exact = [rate * value for rate, value in zip(rates, base(plan, line))]
    if line.allocation == "PER_PRODUCT":
        return [round(value) for value in exact]
    if line.rate_ppm is None:
        raise ValueError(f"{line.name}: a rate per product is allocated PER_PRODUCT")
    return largest_remainder(round(sum(exact)), weights(plan, line))


def calculate(currency, margin_ppm, products, lines):
    """Evaluates every line in the order of §4; the order of the file stays the order of `lines`."""
    plan = Plan(currency, margin_ppm, products, lines, [None] * len(lines))
    for n in sorted(range(len(lines)), key=lambda n: lines[n].stage):
        plan.parts[n] = evaluate(plan, lines[n])
    return plan


def convert(text, source, target, rates):
    """A fixed amount in project currency: first whole minor units, then the dated rate."""
    if source == target:
        return minor(text, source)
    return exchange(minor(text, source), source, target, rates)


def exchange(units, source, target, rates):
    scale = Fraction(minor("1", target), minor("1", source))
    return round(units * rates[source] * scale)


def read_products(path, currency, rates=None):
    """The goods file; `rates` gives project currency per unit of another currency."""
    products = []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quantity, own = int(row["quantity"]), row["currency"]
            price = decimal(row["unit_price"]) * minor("1", own)
            goods = round(quantity * price)
            if own != currency:
                goods = exchange(goods, own, currency, rates or {})
            products.append(Product(row["sku"], quantity, goods, decimal(row["unit_weight_kg"]),
                                    decimal(row["unit_volume_m3"]), ppm(row["duty_rate_pct"])))
    return products


def read_lines(path, currency, rates=None):
    """The costs file."""
    lines = []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rate, fixed = row["rate_pct"], row["amount"]
            own = row["currency"]
            lines.append(Line(
                kind=row["kind"], name=row["name"], allocation=row["allocation"],
                recoverable={"yes": True, "no": False}[row["recoverable"]],
                fixed=convert(fixed, own, currency, rates or {}) if fixed else None,
                rate_ppm=ppm(rate) if rate and rate != "per_product" else None,
                base=row["base"],
            ))
    return lines


def report(plan):
    """The JSON of `fondeo cost --json`."""
    money = lambda units: amount(units, plan.currency)
    kinds = list(dict.fromkeys(line.kind for line in plan.lines))
    by_kind = {kind: plan.kind(kind) for kind in kinds}
    planned = [unit * (PPM + plan.margin_ppm) / PPM for unit in plan.landed_unit]
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
