#!/usr/bin/env python3
"""Checks that neither the reference node nor an actor of the suite ends its side of a stream of a DHT before it has the answers:
js-libp2p then drops requests, and py-libp2p resets the stream.

    stream_ends.py MESHSPEC

It runs the cases in virtual time, and looks for an answer after the FIN of the asker in the evidence of each case. Only the cases
of kad.streams.half-closed must have one. Exits 0 if that is so, 1 if not.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
ON_PURPOSE = "kad.streams.half-closed"
FIN = 4


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def answers(meshspec: str, capture: pathlib.Path) -> tuple[int, int]:
    """The number of answers, and of those that follow the end of the asker's side."""
    openers, ended, count, late = {}, set(), 0, 0
    for line in run(meshspec, "decode", "--layers", "-o", "json", str(capture)).splitlines():
        record = json.loads(line)
        fields = record.get("fields", {})
        if record.get("message") == "libp2p.yamux_frame" and fields.get("flags", 0) & FIN:
            ended.add((record["flow"], str(fields["stream"]), record["src"]))
        if record.get("message") != "kad.message":
            continue
        stream = record["flow"], re.search(r"#(\d+)", record["path"])[1]
        opener = openers.setdefault(stream, record["src"])
        if record["src"] != opener:
            count += 1
            late += (*stream, opener) in ended
    return count, late


def main() -> None:
    meshspec, total, wrong, on_purpose = str(pathlib.Path(sys.argv[1]).resolve()), 0, [], 0
    with tempfile.TemporaryDirectory() as folder:
        # Two cases with thousands of streams or millions of bytes add nothing.
        run(meshspec, "run", "--simulate", "--protocol", "kad", "-P", "security=plaintext", "-P", "muxer=yamux", "-k",
            "!kad.streams.many && !tag:limits", "--evidence", f"all={folder}", "--no-progress")
        for capture in sorted(pathlib.Path(folder).glob("*/wire.pcapng")):
            count, late = answers(meshspec, capture)
            total += count
            if capture.parent.name.startswith(ON_PURPOSE):
                on_purpose += late
            elif late:
                wrong.append(f"{capture.parent.name}: {late} of {count} answers follow the FIN of the asker")
    for line in wrong:
        print(line)
    print(f"{total} answers, {on_purpose} of them after a FIN on purpose")
    sys.exit(1 if wrong or not on_purpose or total < 500 else 0)


if __name__ == "__main__":
    main()
