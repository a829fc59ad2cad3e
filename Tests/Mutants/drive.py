"""Runs suites in virtual time: once to see which case reaches which place, then against each mutant.

All runs use the same seed and fixed hashing, so that two runs of a mutant are equal. The time limit counts processor time,
because other programs share the machine.
"""

import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile

import protocols

SEED = "0x6d757461"
FIRST = 12  # cases in the first run against a mutant: the most particular ones
MEMORY = 6 << 30  # bytes that a run may use
Run = collections.namedtuple("Run", "status cases seconds")
Verdict = collections.namedtuple("Verdict", "verdict how requirement case options")
KILLED, INCONCLUSIVE, SURVIVED, UNREACHED = "killed", "inconclusive", "survived", "unreached"
EXIT_CODES = {0, 1, 4, 5, 6}  # of `meshspec run`


class Suite:
    """The cases of a suite in its configurations."""

    def __init__(self, program, root, name, every=False, most=None):
        self.program, self.root, self.name = program, root, name
        given = protocols.configurations(root, name)
        self.configurations = (given if every else pairwise(given))[:most]
        self.reached = {}  # configuration -> place -> cases
        self.width = collections.Counter()  # case -> the number of places that it reaches
        self.passing = {}  # configuration -> cases
        self.covers = {}  # case -> requirements
        self.limit = 3.0  # seconds of processor time

    def play(self, options, cases=(), more=(), environment=(), limit=None):
        """Runs cases. The status is None if the limit of processor time was reached."""
        limits = {resource.RLIMIT_CPU: int(limit or 600) + 1, resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CORE: 0}
        own = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1", SWIFT_BACKTRACE="enable=no", **dict(environment))
        own.pop("CI", None)

        def restrict():
            for kind, most in limits.items():
                resource.setrlimit(kind, (most, most + (5 if kind == resource.RLIMIT_CPU else 0)))
        with tempfile.TemporaryDirectory() as folder:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            process = subprocess.Popen(
                [self.program, "run", "--spec", self.root / "Spec", "--simulate", "--json", "--no-progress", "--evidence",
                 "none", "-j", "1", "--seed", SEED, *options, *more, *cases],
                cwd=folder, env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                preexec_fn=restrict)
            try:
                said, _ = process.communicate(timeout=20 * (limit or 600))
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
                return Run(None, [], 0)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        status = None if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL) else process.returncode
        return Run(status, list(events(said)), after.ru_utime - before.ru_utime)

    def look(self, pool):
        """Finds the places that each case reaches in each configuration, one run for each configuration."""
        for options, result, reached in pool.map(self.reach, self.configurations):
            odd = [case["id"] for case in result.cases if case["verdict"] not in ("pass", "skip")]
            if result.status != 0 or odd:
                raise SystemExit(f"the suite does not pass without a mutant: {' '.join(options)}: {result.status} {odd[:5]}")
            good = {case["id"]: case for case in result.cases if case["verdict"] == "pass"}
            self.passing[options] = sorted(good)
            self.covers.update((name, case.get("covers") or [case.get("requirement", "-")]) for name, case in good.items())
            places = self.reached[options] = collections.defaultdict(list)
            for name, numbers in reached.items():
                self.width[name] = max(self.width[name], len(numbers))
                if name in good or name == "-":
                    for number in numbers:
                        places[number].append(name)
            self.limit = max(self.limit, 10 * result.seconds)

    def reach(self, options):
        with tempfile.NamedTemporaryFile("r", suffix=".tsv") as file:
            result = self.play(options, environment=[("MUTANT_COVER", file.name)])
            reached = {}
            for line in file.read().splitlines():
                name, _, numbers = line.partition("\t")
                reached.setdefault(name, set()).update(map(int, numbers.split()))
        return options, result, reached

    def requirements(self, number, is_constant):
        """Returns the requirements of the cases that reach a place."""
        return sorted({r for options in self.configurations for name in self.cases(options, number, is_constant)
                       for r in self.covers[name]})

    def cases(self, options, number, is_constant):
        """Returns the cases that reach a place, the most particular first. A constant is computed only once, so that
        all cases count that come after."""
        found = self.reached[options].get(number, [])
        if is_constant and found or "-" in found:
            return sorted(self.passing[options], key=lambda name: (self.width[name], name))
        return sorted(found, key=lambda name: (self.width[name], name))

    def judge(self, number, is_constant, tries):
        """Runs a mutant against the cases that reach it, until one notices it, in at most `tries` configurations."""
        best, tried = None, set()
        waiting = {options: self.cases(options, number, is_constant) for options in self.configurations}
        waiting = {options: cases for options, cases in waiting.items() if cases}
        if not waiting:
            return Verdict(UNREACHED, "", "", "", "")
        for turn in range(tries):
            if not waiting:
                break
            # That with the most cases that no run has tried yet.
            options = max(waiting, key=lambda one: (len(set(waiting[one]) - tried), -self.configurations.index(one)))
            cases = waiting.pop(options)
            parts = [cases[:FIRST], cases[FIRST:]] if turn == 0 else [cases]
            tried.update(cases)
            for part in filter(None, parts):
                verdict = self.verdict(options, part, number)
                if verdict.verdict == KILLED:
                    return verdict
                if best is None or verdict.verdict == INCONCLUSIVE:
                    best = verdict
        return best

    def verdict(self, options, cases, number):
        more = ["--strict", "--max-failures", "1"]
        result = self.play(options, self.named(cases), more, [("MUTANT", str(number))], self.limit)
        chosen = set(cases)
        text = " ".join(options)
        if result.status is None:
            return Verdict(KILLED, "hung", "-", "-", text)
        for case in result.cases:
            if case["verdict"] in ("fail", "warn") and case["id"] in chosen:
                name = case.get("requirement") or "-"
                how = "failed" if name in self.covers.get(case["id"], ()) else "elsewhere"
                return Verdict(KILLED, how, name, case["id"], text)
        # The program catches what kills it, and ends with 4: then no case says why.
        crashed = result.status == 4 and not any(case["verdict"] == "error" for case in result.cases)
        if result.status not in EXIT_CODES or crashed:
            return Verdict(KILLED, "ended", "-", "-", text)
        for case in result.cases:
            if case["verdict"] in ("inconc", "error"):
                return Verdict(INCONCLUSIVE, case["verdict"], case.get("requirement") or "-", case["id"], text)
        return Verdict(SURVIVED, "", "", " ".join(cases[:3]), text)

    @staticmethod
    def named(cases):
        """Returns the names as the program takes them: without the vector of a table."""
        return sorted({name.partition("[")[0] for name in cases})


def events(said):
    for line in said.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") == "case":
            yield event


def values(options):
    """Returns the settings of a configuration: profile and parameters with their values."""
    return set(zip(options[2::2], options[3::2]))


def pairwise(configurations):
    """Returns the preset configuration, then some others in which each pair of settings occurs that occurs at all."""
    chosen, waiting = configurations[:1], list(configurations[1:])
    missing = {pair for one in waiting for pair in pairs(one)}
    while missing:
        best = max(waiting, key=lambda one: len(pairs(one) & missing))
        waiting.remove(best)
        missing -= pairs(best)
        chosen.append(best)
    return chosen


def pairs(options):
    given = sorted(values(options))
    return {(one,) for one in given} | set(itertools.combinations(given, 2))


def pool(jobs):
    return concurrent.futures.ThreadPoolExecutor(jobs)
