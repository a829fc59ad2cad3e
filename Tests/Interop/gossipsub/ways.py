"""The behaviours in which implementations differ: the columns of personalities.tsv. A row with `yes` and `no` is a switch that
the code tests by its name. A row with other values is an attribute."""

import pathlib

import seeded

TABLE = pathlib.Path(__file__).parent / "personalities.tsv"
HEAD, TAIL = ["name", "requirement"], ["what"]
LISTS = ("securities", "muxers", "protocols", "degree")


class Ways:
    """One personality. `name in ways` tests a switch, `ways.name` is a value."""

    def __init__(self, switches, values):
        self._switches, self._values = frozenset(switches), values

    def __contains__(self, name):
        return name in self._switches

    def __getattr__(self, name):
        try:
            return self._values[name.replace("_", "-")]
        except KeyError:
            raise AttributeError(name) from None

    def has(self, *names):
        """Returns true if one of these switches is on."""
        return not self._switches.isdisjoint(names)

    def changed(self, changes):
        """Returns a copy with changed rows: NAME turns a switch on, NAME=VALUE sets a row."""
        switches, values = set(self._switches), dict(self._values)
        for change in changes:
            name, equals, told = change.partition("=")
            if name in values:
                values[name] = parsed(name, told)
            elif name not in known_switches() or told not in ("", "yes", "no"):
                raise ValueError(f"no row {change}")
            elif told == "no":
                switches.discard(name)
            else:
                switches.add(name)
        return Ways(switches, values)


def parsed(name, told):
    """Parses a value of the table: a number, a word, or a list of words with commas."""
    if name in LISTS:
        return [parsed("", word) for word in told.split(",")]
    return int(told) if told.isdigit() else told


def rows():
    """Returns the rows of the table: name, requirement, the value for each personality, and a description."""
    lines = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    names = lines[0][len(HEAD):-len(TAIL)]
    return [(line[0], line[1], dict(zip(names, line[len(HEAD):-len(TAIL)], strict=True)), line[-1]) for line in lines[1:]]


def known_switches():
    """Returns the switches of the table, and the faults."""
    return {row.fault for row in seeded.faults()} | {name for name, _, values, _ in rows() if is_switch(values)}


def is_switch(values):
    return values["own"] in ("yes", "no")


def personalities():
    """Returns the ways of each personality by its name; `own` is the node without a personality."""
    table = rows()
    out = {}
    for name in table[0][2]:
        switches = [row for row, _, values, _ in table if is_switch(values) and values[name] == "yes"]
        out[name] = Ways(switches, {row: parsed(row, values[name]) for row, _, values, _ in table if not is_switch(values)})
    return out


OWN = personalities()["own"]
