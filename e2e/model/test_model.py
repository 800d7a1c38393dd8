"""Hand-checked tables: each figure here was worked out on paper from domain.md."""

import json
import random
import unittest
from dataclasses import replace
from fractions import Fraction

import costing
import liquidation
import runs
import settlement
import story
from costing import Line, Product
from ledger import CUSTODY, Ledger
from money import PPM, largest_remainder, minor, show, unit_figure
from settlement import (ADJUSTMENT, FINAL, INTERIM, PRODUCTS, PROFIT_ONLY, Capital, Participation,
                        Proceeds, Stock, Terms)


class Rounding(unittest.TestCase):
    def test_the_odd_units_go_to_the_largest_remainders(self):
        # 100 over 1 : 1 : 1 leaves one unit, a tie: the earlier line. 7/3 : 14/3 leaves one at 2/3.
        self.assertEqual(largest_remainder(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(largest_remainder(7, [1, 2]), [2, 5])
        self.assertEqual(largest_remainder(0, [0, 0]), [0, 0])

    def test_one_number_is_rounded_half_even(self):
        self.assertEqual(unit_figure(Fraction(100_005, 1000), "USD"), "1.0000")
        self.assertEqual(unit_figure(Fraction(100_015, 1000), "USD"), "1.0002")

    def test_a_fraction_of_a_cent_is_refused(self):
        self.assertEqual(minor("10.50", "USD"), 1050)
        self.assertEqual(minor("10", "CLP"), 10)
        for text, currency in (("10.505", "USD"), ("10.5", "CLP"), ("-1", "USD"), ("1e3", "USD")):
            with self.assertRaises(ValueError):
                minor(text, currency)
        self.assertEqual([show(-5, 2), show(1234, 3), show(7, 0)], ["-0.05", "1.234", "7"])


class LandedCost(unittest.TestCase):
    def plan(self, *lines):
        # A: 10 units worth 600.00, 1 kg each; B: 30 units worth 400.00, 2 kg each.
        products = [Product("A", 10, 60_000, Fraction(1), Fraction(1), 60_000),
                    Product("B", 30, 40_000, Fraction(2), Fraction(1), 0)]
        return costing.calculate("USD", 250_000, products, list(lines))

    def test_each_base_holds_what_stands_before_it(self):
        plan = self.plan(
            Line("VAT", "vat", "PER_PRODUCT", True, rate_ppm=180_000, base="CIF_PLUS_DUTY"),
            Line("FREIGHT", "freight", "BY_WEIGHT", fixed=7_000),
            Line("INSURANCE", "insurance", "BY_VALUE", rate_ppm=10_000, base="FOB_PLUS_FREIGHT"),
            Line("CUSTOMS_DUTY", "duty", "PER_PRODUCT", base="CIF"),
            Line("EXCISE", "excise", "BY_VALUE", rate_ppm=100_000, base="CIF_PLUS_DUTY"),
            Line("OTHER", "royalty", "EQUAL", fixed=2_000, in_vat_base=True),
            Line("TAX_ADVANCE", "advance", "PER_PRODUCT", True, rate_ppm=35_000,
                 base="CIF_PLUS_DUTY_PLUS_VAT"),
            Line("CONTINGENCY", "contingency", "BY_VALUE", rate_ppm=5_000,
                 base="TOTAL_BEFORE_FEES"),
            Line("PLATFORM_FEE", "fee", "BY_VALUE", rate_ppm=10_000, base="TOTAL_BEFORE_FEES"),
        )
        # Freight 10 : 60 kg. Insurance 1 % of 1,070.00, 6 : 4. CIF A 616.42, B 464.28.
        self.assertEqual(plan.kind("FREIGHT"), [1_000, 6_000])
        self.assertEqual(plan.kind("INSURANCE"), [642, 428])
        self.assertEqual(plan.cif, [61_642, 46_428])
        # 6 % of 616.42 = 36.9852; excise 10 % of 1,117.69 = 111.769, 6 : 4.
        self.assertEqual(plan.kind("CUSTOMS_DUTY"), [3_699, 0])
        self.assertEqual(plan.kind("EXCISE"), [6_706, 4_471])
        # VAT base A 61,642 + 3,699 + 6,706 + 1,000 = 73,047; B 46,428 + 4,471 + 1,000 = 51,899.
        self.assertEqual(plan.kind("VAT"), [13_148, 9_342])
        self.assertEqual(plan.kind("TAX_ADVANCE"), [3_017, 2_143])
        # Cost before fees 73,047 + 51,899 = 124,946: 0.5 % = 624.73, then 1 % of 125,571.
        self.assertEqual(sum(plan.kind("CONTINGENCY")), 625)
        self.assertEqual(sum(plan.kind("PLATFORM_FEE")), 1_256)
        self.assertEqual(plan.total_cost, 126_827)
        self.assertEqual(plan.recoverable, 27_650)
        self.assertEqual([plan.goal(False), plan.goal(True)], [126_827, 154_477])
        self.assertEqual(plan.projected_return, 31_707)

    def test_a_premium_on_the_insured_value_grosses_up(self):
        # 1 % of 110 % of CIF: I = 0.011 * (1,000.00 + I), so I = 11.1223...
        plan = self.plan(Line("INSURANCE", "premium", "BY_VALUE", rate_ppm=10_000,
                              base="CIF_GROSSED_UP", gross_up=Fraction(11, 10)))
        self.assertEqual(sum(plan.kind("INSURANCE")), 1_112)

    def test_a_base_or_key_that_comes_later_is_refused(self):
        for line in (Line("FREIGHT", "f", "BY_VALUE", rate_ppm=1, base="CIF"),
                     Line("FREIGHT", "f", "BY_CIF", fixed=1),
                     Line("CUSTOMS_DUTY", "d", "BY_VALUE", base="CIF"),
                     Line("OTHER", "o", "BY_VALUE", rate_ppm=1, base="TOTAL_BEFORE_FEES")):
            with self.assertRaises(ValueError):
                self.plan(line)

    def test_what_if_sales_fall_or_are_late(self):
        # Cost 1,000.00, sales 1,250.00: at -10 % 125.00 are left, at -20 % nothing.
        plan = self.plan()
        what = costing.what_if(plan, per_day=100, days=60)
        self.assertEqual(what["return_at_fall_pct"], {10: 12_500, 20: 0, 35: -18_750})
        self.assertEqual(what["return_late"], 19_000)
        self.assertEqual(costing.annualised_ppm(25_000, 100_000, 73), 1_250_000)


def people(*amounts, kind=PROFIT_ONLY):
    return [Participation(f"p{n}", kind, amount, n) for n, amount in enumerate(amounts)]


class Settlement(unittest.TestCase):
    def test_the_seed_formula(self):
        # 1,000.00 of cost, margin 30 %: profit 99.999, 99.999, 100.002 -> two odd cents.
        three = people(33_333, 33_333, 33_334)
        run = settlement.final_run(three, Capital(100_000, 0, 0, 100_000), 130_000, [], Terms())
        self.assertEqual([line.net for line in run.lines], [43_333, 43_333, 43_334])
        even = people(50_000, 30_000, 20_000)
        run = settlement.final_run(even, Capital(100_000, 0, 0, 100_000), 130_000, [], Terms())
        self.assertEqual([line.net for line in run.lines], [65_000, 39_000, 26_000])

    def test_a_loss_is_borne_by_the_owners_stake_first(self):
        # K 1,000.00, S 700.00, first loss 100.00: 700.00 over 100 : 500 : 300.
        three = people(20_000, 50_000, 30_000)
        three[0] = Participation("p0", PROFIT_ONLY, 20_000, 0, owner=True)
        spent = Capital(100_000, 0, 0, 100_000)
        run = settlement.final_run(three, spent, 70_000, [], Terms(first_loss=10_000))
        self.assertEqual([line.net for line in run.lines], [7_778, 38_889, 23_333])
        self.assertEqual([run.loss, run.first_loss], [30_000, 10_000])
        run = settlement.final_run(three, spent, 0, [], Terms(first_loss=10_000))
        self.assertEqual([line.net for line in run.lines], [0, 0, 0])

    def test_a_loss_without_first_loss_is_pro_rata(self):
        run = settlement.final_run(people(50_000, 30_000, 20_000),
                                   Capital(100_000, 0, 0, 100_000), 80_001, [], Terms())
        self.assertEqual([line.of_pool for line in run.lines],
                         [(40_001, 0), (24_000, 0), (16_000, 0)])

    def test_fee_and_tax_are_taken_from_profit_only(self):
        # Profit 300.00, 80 % to the investors = 240.00; fee 5 %, tax 5 % of what is left.
        two = [replace(p, tax_ppm=50_000) for p in people(50_000, 50_000)]
        run = settlement.final_run(two, Capital(100_000, 0, 0, 100_000), 130_000, [],
                                   Terms(800_000, 50_000))
        self.assertEqual([(line.fee, line.tax, line.net) for line in run.lines],
                         [(600, 570, 60_830)] * 2)
        self.assertEqual([run.owner_split, run.fee, run.tax], [6_000, 1_200, 1_140])

    def test_a_fraction_of_a_unit_is_paid_at_the_realised_price(self):
        # A third of 10 units: 3 handed over, a third of one paid. 7 sold for 70.00: 3.33;
        # it cost 2.00, the gain of 1.33 leaves 1.06 to the holder at 80 %.
        two = [Participation("goods", PRODUCTS, 3_000, 0),
               Participation("cash", PROFIT_ONLY, 6_000, 1)]
        self.assertEqual(settlement.allotments(two, [10]), {"goods": [3]})
        stock = Stock("A", 10, 7, 7_000, Fraction(600))
        run = settlement.final_run(two, Capital(9_000, 0, 0, 9_000), 7_000, [stock], Terms(800_000))
        goods, cash = run.lines
        self.assertEqual([goods.fraction_cash, goods.fraction_cost], [333, 200])
        self.assertEqual(goods.owner_split, 27)
        self.assertEqual([goods.net, cash.net], [306, 6_534])
        self.assertEqual(run.owner_split, 160)

    def test_what_is_left_returns_the_unused_advance_then_capital(self):
        # 1,000.00 captured, 1,060.00 paid, 100.00 advanced: 60.00 used. 50.00 of tax came back.
        capital = Capital(100_000, 10_000, 5_000, 106_000)
        self.assertEqual([capital.advance_used, capital.advance_unused, capital.unspent],
                         [6_000, 4_000, 5_000])
        # K is 950.00: 1,000.00 gives 50.00 of the used advance back, 1,020.00 all 60.00 and 10.00.
        run = settlement.final_run(people(60_000, 40_000), capital, 100_000, [], Terms())
        self.assertEqual([run.at_work, run.advance_used, run.profit], [95_000, 5_000, 0])
        run = settlement.final_run(people(60_000, 40_000), capital, 102_000, [], Terms())
        self.assertEqual([run.advance_used, run.profit], [6_000, 1_000])
        self.assertEqual([line.net for line in run.lines], [60_600, 40_400])

    def test_unit_by_unit_is_largest_remainder(self):
        dice = random.Random(1)
        for _ in range(200):
            some = people(*(dice.randint(1, 60) for _ in range(dice.randint(1, 6))))
            pot, total = dice.randint(0, 90), sum(p.amount for p in some)
            exact = [Fraction(pot * p.amount, total) for p in some]
            self.assertEqual(
                settlement.unit_by_unit(pot, some, exact, [0] * len(some)),
                settlement.share_out(pot, some, [p.amount for p in some]))

    def test_a_head_start_does_not_change_who_gets_what(self):
        dice = random.Random(2)
        for _ in range(200):
            some = people(*(dice.randint(1, 60) for _ in range(dice.randint(1, 6))))
            entitled = [Fraction(dice.randint(0, 900), dice.choice((1, 3, 7))) for _ in some]
            received = [dice.randint(0, 90) for _ in some]
            pot = dice.randint(1, 300)
            self.assertEqual(
                settlement.unit_by_unit(pot, some, entitled, received, counted=0),
                settlement.unit_by_unit(pot, some, entitled, received))

    def test_an_interim_run_pays_capital_out_of_sales(self):
        # 1,000.00 of capital, 300.00 of sales: all of it, or no more than 200.00; pro rata.
        spent = Capital(100_000, 0, 0, 90_000)
        for limit, paid in ((settlement.NO_LIMIT, [15_000, 9_000, 6_000]),
                            (20_000, [10_000, 6_000, 4_000])):
            run = settlement.settle(INTERIM, people(50_000, 30_000, 20_000), spent,
                                    Proceeds(30_000), [], Terms(), limit)
            self.assertEqual([line.net for line in run.lines], paid)

    def test_what_is_held_back_comes_out_by_an_adjustment(self):
        # 650.00 each, a tenth held back: 85.00 of 150.00 profit are paid, fee 5 %, tax 10 %.
        two = [replace(p, tax_ppm=100_000) for p in people(50_000, 50_000)]
        spent, terms = Capital(100_000, 0, 0, 100_000), Terms(PPM, 50_000, 100_000)
        run = settlement.settle(FINAL, two, spent, Proceeds(130_000), [], terms)
        self.assertEqual([(line.held_back, line.fee, line.tax) for line in run.lines],
                         [(6_500, 425, 808)] * 2)
        two = [replace(p, received=58_500, fee_taken=425, tax_taken=808) for p in two]
        run = settlement.settle(ADJUSTMENT, two, spent, Proceeds(130_000), [], terms)
        # Together 7.50 of fee and 14.25 of tax, as one run would have taken.
        self.assertEqual([(line.paid, line.fee, line.tax) for line in run.lines],
                         [(6_500, 325, 617)] * 2)

    def test_a_later_run_sets_an_excess_off(self):
        # p0 had 10 and is now entitled to 8 in all: it gets nothing until p1 has caught up.
        given = settlement.unit_by_unit(6, people(4, 4), [8, 8], [10, 0])
        self.assertEqual(given, [0, 6])


class TheLiquidation(unittest.TestCase):
    def test_the_golden_file_is_fresh(self):
        self.assertEqual(liquidation.GOLDEN.read_text(encoding="utf-8"), liquidation.calculate())

    def test_a_lapsed_allotment_is_paid_like_a_fraction(self):
        # A third of 10 units, none collected: 3 1/3 units at 10.00 each.
        two = [Participation("goods", PRODUCTS, 3_000, 0, lapsed={"A": 3}),
               Participation("cash", PROFIT_ONLY, 6_000, 1)]
        stock = Stock("A", 10, 10, 10_000, Fraction(900))
        run = settlement.final_run(two, Capital(9_000, 0, 0, 9_000), 10_000, [stock], Terms())
        self.assertEqual([line.net for line in run.lines], [3_333, 6_667])


class TheRuns(unittest.TestCase):
    def test_the_golden_file_is_fresh(self):
        self.assertEqual(runs.GOLDEN.read_text(encoding="utf-8"), runs.calculate())

    def test_every_cent_of_escrow_is_given_out(self):
        last = json.loads(runs.calculate())[-1]
        self.assertEqual(last["escrow_after"], 0)


class TheStory(unittest.TestCase):
    def test_the_golden_file_is_fresh(self):
        for name in story.NAMES:
            golden = story.golden_of(name).read_text(encoding="utf-8")
            self.assertEqual(golden, story.calculate(name), name)

    def test_every_cent_is_given_out(self):
        golden = json.loads(story.calculate())
        self.assertEqual(golden["run"]["captured"], golden["plan"]["goal"])
        final = golden["final"]
        self.assertEqual(
            [final[name] for name in ("escrow_capital", "escrow_proceeds", "trial_balance")],
            ["0.00"] * 3)
        people = sum(map(Fraction, final["wallets"].values()))
        others = Fraction(final["platform_fees"]) + Fraction(final["tax_payable"])
        self.assertEqual(people + others, Fraction(final["custody_bank"]))

    def test_a_wallet_never_pays_what_is_held(self):
        ledger = Ledger()
        ledger.transfer(CUSTODY, "wallet:a", 100)
        self.assertTrue(ledger.hold("h", "wallet:a", "escrow:capital", 60))
        self.assertFalse(ledger.hold("i", "wallet:a", "escrow:capital", 41))
        with self.assertRaises(ValueError):
            ledger.transfer("wallet:a", CUSTODY, 41)


if __name__ == "__main__":
    unittest.main()
