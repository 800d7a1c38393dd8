"""The figures of a calculation, shown or written; test_model.py finds a golden file that is stale."""

import argparse


def main(about, goldens):
    """`goldens`: by name, the golden file and what calculates its text.

    Without a flag the figures are printed; `--write` puts them into the golden files. `--name` takes
    one of several.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--write", action="store_true", help="put the figures into the golden files")
    parser.add_argument("--name", choices=goldens)
    asked = parser.parse_args()
    for name in [asked.name] if asked.name else goldens:
        file, calculate = goldens[name]
        if asked.write:
            file.write_text(calculate(), encoding="utf-8")
        else:
            print(calculate(), end="")
