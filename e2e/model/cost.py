#!/usr/bin/env python3
"""Prints what `fondeo cost GOODS --costs COSTS --currency USD --margin-pct 30 --json` prints."""

import argparse
import json

import costing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("goods")
    parser.add_argument("--costs", required=True)
    parser.add_argument("--currency", required=True)
    parser.add_argument("--margin-pct", required=True)
    asked = parser.parse_args()
    plan = costing.calculate(
        asked.currency,
        costing.ppm(asked.margin_pct),
        costing.read_products(asked.goods, asked.currency),
        costing.read_lines(asked.costs, asked.currency),
    )
    print(json.dumps(costing.report(plan), indent=2))


if __name__ == "__main__":
    main()
