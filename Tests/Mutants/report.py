"""Writes the list of all mutants, and the tables of protocols, operators and requirements."""

import collections
import json

import drive

COLUMNS = ("number", "protocol", "file", "line", "column of equals", "operator", "change", "verdict", "how", "requirement",
           "case", "configuration", "requirements that reach it", "text", "reason")
STANDS = ("places", "not compiled", "equivalent", "unreached", "survived", "inconclusive", "failed", "elsewhere", "ended", "hung")


class Row:
    """A place with its verdict."""

    def __init__(self, number, place, protocol, verdict, reaching=(), reason=""):
        self.number, self.place, self.protocol, self.verdict = number, place, protocol, verdict
        self.reaching, self.reason = reaching, reason

    @property
    def kind(self):
        return self.verdict.how if self.verdict.verdict == drive.KILLED else self.verdict.verdict

    def fields(self):
        place, verdict = self.place, self.verdict
        return (self.number, self.protocol.name, place.file, place.line, place.ordinal, place.operator, place.change,
                verdict.verdict, verdict.how, verdict.requirement, verdict.case, verdict.options, " ".join(self.reaching), place.text,
                self.reason)


def write_list(path, rows):
    """Writes one line for each place, in the order of the sources."""
    with open(path, "w") as out:
        out.write("\t".join(COLUMNS) + "\n")
        for row in sorted(rows, key=lambda row: row.number):
            out.write("\t".join(str(field).replace("\t", " ") for field in row.fields()) + "\n")


def write_tallies(path, rows):
    """Writes for each requirement how many of the places that its cases reach are noticed, in the form of
    `meshspec mutate --json`."""
    counts = collections.defaultdict(collections.Counter)
    for row in rows:
        for name in row.reaching:
            counts[name]["killed" if row.verdict.verdict == drive.KILLED else "survived"] += 1
    tallies = [{"id": name, "code": {"killed": given["killed"], "survived": given["survived"]}}
               for name, given in sorted(counts.items())]
    with open(path, "w") as out:
        json.dump({"meshspec_mutations": 1, "requirements": tallies}, out)


def count(rows):
    counts = collections.Counter(row.kind for row in rows)
    counts["places"] = len(rows)
    return counts


def score(counts):
    """Returns the percentage of the compiled places that a case notices or that are equivalent."""
    whole = counts["places"] - counts["not compiled"]
    return 100 * (whole - counts["unreached"] - counts["survived"] - counts["inconclusive"]) / whole if whole else 100.0


def of_reached(counts):
    """Returns the percentage of the reached places that a case notices."""
    killed = counts["failed"] + counts["elsewhere"] + counts["ended"] + counts["hung"]
    reached = killed + counts["survived"] + counts["inconclusive"]
    return 100 * killed / reached if reached else 100.0


def table(title, groups):
    """Returns a table with a line for each group of rows."""
    width = max(len(name) for name in [title, *groups])
    lines = [title.ljust(width) + "".join(f"{stand:>14}" for stand in STANDS) + "   of reached   of all"]
    for name, rows in groups.items():
        counts = count(rows)
        lines.append(name.ljust(width) + "".join(f"{counts[stand]:14}" for stand in STANDS)
                     + f"{of_reached(counts):11.1f} %{score(counts):7.1f} %")
    return "\n".join(lines)


def grouped(rows, key):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items()))


def requirements(rows):
    """Returns a table of requirements: how many places their cases reach, and of these how many they noticed first,
    other requirements noticed, are inconclusive, and survived."""
    lines = [f"{'requirement':24}{'reached':>10}{'noticed':>10}{'by others':>11}{'inconclusive':>14}{'survived':>10}"]
    counts = collections.defaultdict(collections.Counter)
    for row in rows:
        for name in row.reaching:
            counts[name]["reached"] += 1
            if row.verdict.verdict == drive.KILLED:
                counts[name]["noticed" if row.verdict.requirement == name else "others"] += 1
            elif row.verdict.verdict in (drive.INCONCLUSIVE, drive.SURVIVED):
                counts[name][row.verdict.verdict] += 1
        if row.verdict.requirement not in ("", "-", *row.reaching):
            counts[row.verdict.requirement]["noticed"] += 1
    for name, given in sorted(counts.items()):
        lines.append(f"{name:24}{given['reached']:10}{given['noticed']:10}{given['others']:11}"
                     f"{given[drive.INCONCLUSIVE]:14}{given[drive.SURVIVED]:10}")
    return "\n".join(lines)


def whole(rows, by_requirement=True):
    """Returns all tables."""
    groups = grouped(rows, lambda row: row.protocol.name)
    if len(groups) > 1:
        groups["all"] = rows
    parts = [table("protocol", groups), table("operator", grouped(rows, lambda row: row.place.operator))]
    if by_requirement:
        parts.append(requirements(rows))
    return "\n\n".join(parts)
