#!/usr/bin/env python3
"""Holds the filters of the page of a capture against those of `decode -Y`, and uses the page in a browser.

    check.py MESHSPEC [PICTURES]

Every filter runs over captures of all five protocols: by the command line, and by the page's own script under node.
Both have to choose the same messages, or to refuse the filter with the same words at the same place. Then the page is
opened in Chromium from disk. Pictures of it go to PICTURES.
"""

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

import browse
from filters import CAPTURES, FILTERS, WRONG

MESHSPEC = sys.argv[1]
PICTURES = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
# Megabytes of capture with about 100,000 messages of Nano.
MANY_MB = 57
ROOT = pathlib.Path(__file__).resolve().parents[3]
SCRIPT = pathlib.Path(__file__).with_name("filters.js")


def decode(arguments, text=True):
    return subprocess.run([MESHSPEC, "decode", "--spec", str(ROOT / "Spec"), *arguments], capture_output=True, text=text)


def pages(folder):
    """A page for each capture, with the units of layers too, and how to decode it."""
    for i, (path, options) in enumerate(CAPTURES):
        given = [str(ROOT / "Captures" / o) if "keys" in o else o for o in options] + ["--layers", str(ROOT / "Captures" / path)]
        page = folder / f"{i}.html"
        run = decode(["-o", "html", *given])
        assert run.returncode in (0, 1), f"{path}: {run.stderr}"
        page.write_text(run.stdout, encoding="utf-8")
        yield path, given, page


def of_page(page, filters):
    run = subprocess.run(["node", str(SCRIPT), str(page)], input=json.dumps(filters), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def of_command_line(given, filter):
    run = decode(["-o", "fields=n", "-Y", filter, *given])
    if run.returncode == 2:
        return None
    # Behind the name of the column.
    return [int(n) for n in run.stdout.split()[1:]]


def agreement(folder):
    chosen, all_of_them = {}, 0
    for path, given, page in pages(folder):
        answers = of_page(page, FILTERS)
        with concurrent.futures.ThreadPoolExecutor() as several:
            told = list(several.map(lambda filter: of_command_line(given, filter), FILTERS))
        for filter, answer, wanted in zip(FILTERS, answers, told):
            assert wanted is not None, f"{filter} is refused"
            assert answer.get("numbers") == wanted, f"{path}: {filter}\n  page: {answer}\n  meshspec: {wanted}"
            chosen[filter] = chosen.get(filter, 0) + len(wanted)
            all_of_them += 1
    never = [f for f, n in chosen.items() if n == 0]
    assert not never, f"filters that choose nothing anywhere say nothing: {never}"
    print(f"{len(FILTERS)} filters over {len(CAPTURES)} captures: {all_of_them} times the same messages")


def works():
    """What the tree says of work, by the number of a message."""
    out = {}
    path = str(ROOT / "Captures" / CAPTURES[0][0])
    for n in decode(["-o", "fields=n", path]).stdout.split()[1:]:
        tree = decode(["-o", "tree", "-Y", f"n == {n}", path]).stdout
        found = [line.split(" work: ")[-1] for line in tree.splitlines() if "(difficulty " in line]
        if found:
            out[n] = ",".join(found)
    assert out, "no message has work"
    return out


def errors(page, given):
    answers = of_page(page, WRONG)
    for filter, answer in zip(WRONG, answers):
        run = decode(["-o", "fields=n", "-Y", filter, *given])
        assert run.returncode == 2, f"{filter} is no error: {run.stdout}"
        lines = run.stderr.splitlines()
        assert answer.get("error") and f"-Y: {answer['error']}" in lines[0], f"{filter}\n  page: {answer}\n  meshspec: {lines[0]}"
        if answer["end"] > answer["start"] and len(lines) > 2:
            marks = lines[2].count("^")
            assert marks == answer["end"] - answer["start"], f"{filter}: {answer} and {marks} marks"
            assert lines[2].index("^") - 2 == answer["start"], f"{filter}: {answer} and a mark at {lines[2].index('^') - 2}"
    print(f"{len(WRONG)} filters that are wrong: the same words at the same place")


def main():
    with tempfile.TemporaryDirectory(prefix="meshspec-page-") as name:
        folder = pathlib.Path(name)
        agreement(folder)
        errors(folder / "0.html", ["--layers", str(ROOT / "Captures" / CAPTURES[0][0])])
        capture, many = folder / "many.pcap", folder / "many.html"
        generator = ROOT / "Tests/Interop/decode/gen/nano_gen.py"
        subprocess.run([sys.executable, str(generator), "--mb", str(MANY_MB), "--mix", "full", str(capture)], check=True, stdout=subprocess.DEVNULL)
        with many.open("wb") as out:
            subprocess.run([MESHSPEC, "decode", "-o", "html", "-c", "100000", str(capture)], stdout=out, check=True)
        print(f"a page of 100,000 messages has {many.stat().st_size / 1e6:.0f} MB")
        shown = {"nano": folder / "0.html", "bug": folder / "1.html", "rightmesh": folder / "2.html", "many": many}
        browse.check(shown, works(), PICTURES)


if __name__ == "__main__":
    main()
