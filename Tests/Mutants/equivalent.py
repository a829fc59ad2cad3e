"""The mutants that nobody outside can see, each with the reason: equivalent.tsv."""

import collections
import pathlib

PATH = pathlib.Path(__file__).with_name("equivalent.tsv")
Entry = collections.namedtuple("Entry", "file text operator change reason")


def entries(path=PATH):
    lines = [line.split("\t") for line in path.read_text().splitlines() if line and line[0] != "#"]
    if not lines or lines[0] != list(Entry._fields):
        raise SystemExit(f"{path.name}: the first line must name {', '.join(Entry._fields)}")
    for line in lines[1:]:
        if len(line) != len(Entry._fields) or not line[-1].strip():
            raise SystemExit(f"{path.name}: an entry needs {len(Entry._fields)} fields, the last is the reason: {line}")
    return [Entry(*line) for line in lines[1:]]


def matched(places, given, files):
    """Returns the reasons by the number of the place. `files` are those that were looked through: an entry for one of
    them that matches no place is an error."""
    numbers = collections.defaultdict(list)
    for number, place in enumerate(places):
        if place is not None:
            numbers[place.file, place.text, place.operator, place.change].append(number)
    reasons, stale = {}, []
    for entry in given:
        found = numbers.get(entry[:4], [])
        reasons.update((number, entry.reason) for number in found)
        if not found and entry.file in files:
            stale.append(entry)
    if stale:
        raise SystemExit("equivalent.tsv: no such place:\n" + "\n".join("\t".join(entry) for entry in stale))
    return reasons
