#!/usr/bin/env python3
"""Changes the nodes of meshspec at every place, one at a time, and counts how many of these mutants the suites notice.

    python3 mutants.py [--protocol NAME ...] [--sample N] [--min PERCENT] [--output FILE]

The program builds a copy of the tree with all mutants in it (.build/mutants), runs the cases that reach a mutant in virtual
time, and prints tables. README.md describes the operators and verdicts. Exits 0, or 1 if the score of a protocol is below
--min, or 2 if it cannot begin.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import time

import drive
import equivalent
import protocols
import report
import tree


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--protocol", action="append", choices=list(protocols.BY_NAME), help="these alone (all)")
    parser.add_argument("--sample", type=int, help="N mutants alone, chosen by hash of place and commit")
    parser.add_argument("--only", help="mutants alone whose FILE:LINE OPERATOR CHANGE matches this pattern")
    parser.add_argument("--min", type=float, help="least percentage of reached places that the cases notice")
    parser.add_argument("--output", default="mutants.tsv", help="file of the list (mutants.tsv)")
    parser.add_argument("--json", help="file of the figures of each requirement, for `meshspec coverage --mutations`")
    parser.add_argument("--every", action="store_true", help="all configurations of .ci/settings, not only all pairs")
    parser.add_argument("--configurations", type=int, help="the first N configurations alone")
    parser.add_argument("--tries", type=int, default=4, help="configurations in which a mutant that survives is tried (4)")
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side (2)")
    parser.add_argument("--home", default=protocols.ROOT / ".build/mutants", type=pathlib.Path, help="folder of the copy")
    parser.add_argument("--built", action="store_true", help="the program as it is, because only cases have changed")
    parser.add_argument("--list", action="store_true", help="only write the list of places")
    return parser.parse_args()


def log(text):
    print(text, file=sys.stderr, flush=True)


def chosen_numbers(given, places):
    """Returns the numbers of the places that the options choose."""
    numbers = range(1, len(places))
    if given.only:
        numbers = [n for n in numbers if re.search(
            given.only, f"{places[n].file}:{places[n].line} {places[n].operator} {places[n].change}")]
    if given.sample:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=protocols.ROOT, capture_output=True, text=True).stdout
        numbers = sorted(numbers, key=lambda n: places[n].hash(commit.strip()))[:given.sample]
    return sorted(numbers)


def nothing(verdict):
    return drive.Verdict(verdict, "", "", "", "")


def judged(given, made, numbers, reasons):
    """Runs the mutants with these numbers, and returns their rows."""
    rows, begun = [], time.monotonic()
    with drive.pool(given.jobs) as pool:
        for name in dict.fromkeys(made.owners[n].suite for n in numbers):
            suite = drive.Suite(made.program, protocols.ROOT, name, given.every, given.configurations)
            suite.look(pool)
            log(f"{name}: {len(suite.configurations)} configurations, {sum(map(len, suite.passing.values()))} cases, "
                f"{time.monotonic() - begun:.0f} s")

            def one(n):
                place = made.places[n]
                if n in reasons:
                    verdict = nothing("equivalent")
                elif place.key in made.left_alone:
                    verdict = nothing("not compiled")
                else:
                    verdict = suite.judge(n, place.is_constant, given.tries)
                return report.Row(n, place, made.owners[n], verdict, suite.requirements(n, place.is_constant), reasons.get(n, ""))
            mine = [n for n in numbers if made.owners[n].suite == name]
            for done, row in enumerate(pool.map(one, mine), 1):
                rows.append(row)
                if done % 50 == 0:
                    log(f"{name}: {done} of {len(mine)}, {time.monotonic() - begun:.0f} s")
                    report.write_list(given.output, rows)
    return rows


def main():
    given = options()
    chosen = [one for one in protocols.PROTOCOLS if not given.protocol or one.name in given.protocol]
    given.home.mkdir(parents=True, exist_ok=True)
    made = tree.Tree(protocols.ROOT, given.home, chosen, given.jobs)
    if given.built:
        made.check_built()
    elif given.list:
        made.read()
    else:
        made.write()
    reasons = equivalent.matched(made.places, equivalent.entries(), set(made.files))
    begun = time.monotonic()
    if not given.list and not given.built:
        rounds = made.make()
        log(f"{len(made.places) - 1} places, {rounds} rounds, built in {time.monotonic() - begun:.0f} s")
    numbers = chosen_numbers(given, made.places)
    if not numbers:
        log("mutants.py: the options choose no place")
        return 2
    rows = [report.Row(n, made.places[n], made.owners[n], nothing("-")) for n in numbers] if given.list else judged(
        given, made, numbers, reasons)
    report.write_list(given.output, rows)
    if given.list:
        return 0
    if given.json:
        report.write_tallies(given.json, [row for row in rows if row.verdict.verdict not in ("equivalent", "not compiled")])
    print(report.whole(rows))
    bad = [name for name, group in report.grouped(rows, lambda row: row.protocol.name).items()
           if given.min is not None and report.of_reached(report.count(group)) < given.min]
    if bad:
        log(f"below {given.min} %: {', '.join(bad)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
