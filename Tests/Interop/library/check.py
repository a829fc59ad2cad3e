#!/usr/bin/env python3
"""Builds a package that depends on this one as any other package would, by a URL and a version, and runs it.

    python3 check.py .build/release/meshspec

The manifest and the program are those of Spec/library.md: Package.swift here, and CaptureExample.swift of the tests. What is
built is the last commit of this repository. The program has to name the messages of a capture as `meshspec decode` does. Exits
0 when it does, 1 when not.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
URL = "https://example.org/meshspec"
CAPTURES = ["Captures/nano/nano-node-light-v2.pcap", "Captures/rightmesh/rightmesh-three-superpeers.pcap"]
MAIN = "for line in try messages(of: CommandLine.arguments[1]) { print(line) }\n"


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def package(folder):
    """The package of somebody else, with a copy of this repository as it may be published."""
    published = folder / "meshspec"
    run("git", "clone", "--quiet", "--no-hardlinks", ROOT, published)
    run("git", "-C", published, "tag", "0.1.0")
    program = folder / "program"
    sources = program / "Sources" / "program"
    sources.mkdir(parents=True)
    manifest = (HERE / "Package.swift").read_text()
    assert URL in manifest
    (program / "Package.swift").write_text(manifest.replace(URL, published.as_uri()))
    shutil.copy(ROOT / "Tests/ExampleTests/Examples/CaptureExample.swift", sources)
    (sources / "main.swift").write_text(MAIN)
    return program


def decoded(binary, capture):
    """Names of the messages, as the command line tells them."""
    done = run(binary, "decode", "-o", "json", capture, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    rows = map(json.loads, done.stdout.splitlines())
    return [(row["src"], row["dst"], row["message"], row["fields"]) for row in rows]


def told(program, capture):
    """The same by the program. Its notes stand behind two spaces."""
    done = run(program, capture, stdout=subprocess.PIPE, text=True)
    rows = []
    for line in done.stdout.splitlines():
        if not line.startswith("  "):
            source, _, destination, name, fields = line.split(" ", 4)
            rows.append((source, destination, name, json.loads(fields)))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    args = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="library") as folder:
        program = package(pathlib.Path(folder))
        run("swift", "build", "--package-path", program, stdout=sys.stderr)
        for capture in CAPTURES:
            wanted, had = decoded(args.binary, ROOT / capture), told(program / ".build/debug/program", ROOT / capture)
            print(f"{'ok' if wanted == had else 'NOT THE SAME':13}{capture}: {len(had)} messages")
            bad += wanted != had
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
