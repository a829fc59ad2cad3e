#!/usr/bin/env python3
"""Looks at what `decode -o pcapng` and `flow -o svg` write with tools that others wrote.

    python3 check.py .build/release/meshspec

For every capture in Captures/nano: tshark and capinfos read the pcapng without a complaint; it has the packets that the
records of `decode -o json` name, in their order and with their bytes and times; each record's name and fields stand in a
comment of the last of its packets. The same for a filter. xmllint takes the picture.
Wants tshark, capinfos and xmllint in the path. Exits 0 when all is so, 1 when not.
"""

import collections
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILTERS = [None, "nano.keepalive", "violation", "response or malformed"]
trouble = []


def complain(where, what):
    trouble.append(f"{where}: {what}")


def run(*command):
    return subprocess.run(command, capture_output=True, timeout=300)


def packets(path):
    """Time, bytes and comments of each packet, as tshark tells them."""
    command = ["tshark", "-n", "-r", str(path), "-T", "json", "-x", "-e", "frame.time_epoch", "-e", "frame.comment"]
    done = run(*command)
    complaints = [line for line in done.stderr.decode().splitlines() if "Running as user" not in line and line.strip()]
    if done.returncode != 0 or complaints:
        complain(path, f"tshark: status {done.returncode} {complaints}")
        return []
    told = []
    for packet in json.loads(done.stdout or b"[]"):
        layers = packet["_source"]["layers"]
        raw = layers.get("frame_raw")
        told.append((layers["frame.time_epoch"][0], raw[0] if raw else None, layers.get("frame.comment", [])))
    return told


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{i}]")
    else:
        yield path, value


def check(binary, capture, chosen, folder):
    where = f"{capture.name} {chosen or 'whole'}"
    options = ["-Y", chosen] if chosen else []
    records = [json.loads(line) for line in run(binary, "decode", "-o", "json", *options, capture).stdout.splitlines()]
    out = folder / "out.pcapng"
    done = run(binary, "decode", "-o", "pcapng", *options, capture)
    out.write_bytes(done.stdout)
    if done.returncode != 0:
        complain(where, f"status {done.returncode}: {done.stderr.decode()}")
    if run("capinfos", str(out)).returncode != 0:
        complain(where, "capinfos does not take it")
    wanted = sorted({frame for record in records for frame in record["frames"]})
    original, copy = packets(capture), packets(out)
    if [original[n - 1][:2] for n in wanted] != [packet[:2] for packet in copy]:
        complain(where, f"packets are not those of the records: {len(copy)} instead of {len(wanted)}")
        return 0
    comments = collections.defaultdict(list)
    for number, packet in zip(wanted, copy):
        # Older versions of tshark show several comments as one text.
        comments[number] = packet[2]
    for record in records:
        text = "\n".join(comments[record["frames"][-1]])
        if f"{record['message']} {record['length']} bytes" not in text:
            complain(where, f"record {record['n']} is not told in frame {record['frames'][-1]}: {text[:200]}")
        if record["message"].endswith((".malformed", ".incomplete")):
            continue
        for path, value in leaves(record["fields"]):
            shown = f"{path}: "
            # Long values are cut.
            value = str(value).lower() if isinstance(value, bool) else str(value)[:256]
            if shown not in text or not any(form in text for form in forms(value)):
                complain(where, f"record {record['n']}: {path} is not in the comment")
    heads = sum(sum(map(text.count, (" bytes\n", " bytes: ", " bytes in "))) for p in copy for text in [c + "\n" for c in p[2]])
    told = sum(1 for p in copy for c in p[2])
    if told and heads < len(records):
        complain(where, f"{heads} messages are told of {len(records)}")
    return len(records)


def forms(value):
    """How a value may stand in a comment: as in JSON, or as people write it."""
    out = [value]
    if value.isdecimal():
        out.append(f"{int(value):x}")
    if re.fullmatch("[0-9a-f]{32}", value):
        address = ipaddress.IPv6Address(bytes.fromhex(value))
        out.append(str(address.ipv4_mapped or address))
        out.append(f"({int(value, 16)} raw)")
    return out


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    seen = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for capture in sorted((ROOT / "Captures/nano").glob("*.pcap")):
            for chosen in FILTERS:
                seen += check(binary, capture, chosen, folder)
            picture = folder / "ladder.svg"
            picture.write_bytes(run(binary, "flow", "-o", "svg", capture).stdout)
            if run("xmllint", "--noout", "--nonet", str(picture)).returncode != 0:
                complain(capture.name, "xmllint does not take the ladder")
    if seen < 60:
        complain("captures", f"only {seen} messages")
    for line in trouble:
        print(line, file=sys.stderr)
    print(f"{seen} messages as comments of packets, {len(trouble)} complaints")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
