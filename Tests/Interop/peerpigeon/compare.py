#!/usr/bin/env python3
"""Plays the cases that the real hub answered against another hub, and compares what each client was told.

    python3 compare.py [--hub COMMAND] [--only CASE[,CASE...]] [--differences FILE] [--jobs N] [--again MS]

COMMAND starts a hub (default: hub.py beside this file) and gets the options of hub.py behind it. It must print a line of
JSON whose event is `ready` when it can be used. Compared is, for each client and for HTTP, everything that it got before
the steps ended, in its order: messages, Close frames, ends of the connection, answers. Times, ids that are drawn, ports
and the like are compared by their form. What a hub does otherwise on purpose stands in FILE: case, client (* for all),
requirement and reason, with tabs between; such a client is not compared, and the line is told if it is not needed. With
--again a case that differs is played once more when the others are over, with that pause after each step: what several
hubs tell each other may take longer than the first pause on a busy machine. Exits 0 when all is the same, 1 when not, 2
when it cannot begin.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE))
import rawws

sys.path.append(str(HERE.parent))
from ports import free_ports

SPAN = 3600_000    # milliseconds between a time that a hub says and ours
PORT = 3000        # the first port in the transcripts
READY = 15         # seconds until a hub must be ready
# Of an HTTP answer these depend on the library that frames it.
FREE_HEADERS = {"date", "connection", "keep-alive", "transfer-encoding", "content-length"}
OPTIONS = {"maxConnections": "--max-connections", "cleanupInterval": "--cleanup-interval"}


class Hub(rawws.Hub):
    """A hub started by a command of ours."""

    command = []

    def start(self):
        command = [*self.command, "--port", str(self.port)]
        command += ["--peer-id", self.spec["peerId"]] if self.spec.get("peerId") else []
        command += ["--plain"] if self.spec.get("plain") else []
        for uri in self.bootstrap:
            command += ["--bootstrap", uri]
        for name, value in self.spec.get("options", {}).items():
            command += [OPTIONS[name], str(value)]
        ready = threading.Event()
        self.process = process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

        def follow():
            for line in process.stdout:
                if b'"ready"' in line:
                    ready.set()
            process.wait()

        self.thread = threading.Thread(target=follow, daemon=True)
        self.thread.start()
        if not ready.wait(READY):
            raise OSError(f"{shlex.join(command)} is not ready within {READY} s")
        time.sleep(0.15)


rawws.Hub = Hub


def masked(value, key, ports, now):
    """What is compared of a value: its form where it cannot be the same."""
    if isinstance(value, dict):
        if "sha256" in value and value.get("head", "").startswith('{"type":'):
            # Long, and has a time in it.
            value = {**value, "sha256": "of a message"}
        if key == "headers":
            value = {name: one for name, one in value.items() if name not in FREE_HEADERS}
        if key == "memory":
            return {name: "a number" if isinstance(one, (int, float)) else one for name, one in value.items()}
        return {name: masked(one, name, ports, now) for name, one in value.items()}
    if isinstance(value, list):
        items = [masked(one, key, ports, now) for one in value]
        # In the order in which they dialed.
        return sorted(items, key=lambda one: str(one.get("peerId"))) if key == "hubs" else items
    if isinstance(value, bool):
        return value
    if key == "uptime" and isinstance(value, (int, float)):
        return "seconds" if 0 <= value < 3600 else value
    if isinstance(value, int) and value > 10 ** 11:
        return "now, in milliseconds" if abs(value - now) < SPAN else f"not now: {value}"
    if key == "port" and value in ports:
        return ports[value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        return "a date"
    return value


def told(records, ports, now):
    """What each client got, until the steps ended."""
    out = {}
    for record in records[1:]:
        if record.get("note") == "end of steps":
            break
        to = record.get("to")
        hubs = records[0]["hubs"]
        if to is None or to == "log" or to in hubs:
            continue
        rest = {name: value for name, value in record.items() if name not in ("t", "from", "to")}
        out.setdefault(to, []).append(masked(rest, "", ports, now))
    return out


def moment(records):
    """About when a transcript was made: by a time that its hub said."""
    for record in records[1:]:
        message = record.get("message")
        if isinstance(message, dict) and record.get("from") in records[0]["hubs"]:
            if isinstance(message.get("timestamp"), int):
                return message["timestamp"]
    return 0


def play(path, transcript, base, settle):
    """Differences as (client, text), of one case."""
    theirs = [json.loads(line) for line in transcript.read_text().splitlines()]
    options = argparse.Namespace(url=None, base_port=base, settle=settle, commit=None, fake_webrtc=False)
    session = rawws.Session(path, options)
    try:
        mine = session.run()
    except (OSError, KeyError) as error:
        return [("*", f"{type(error).__name__}: {error}")]
    ports = {base + i: PORT + i for i in range(16)}
    ours = told(mine, ports, time.time() * 1000)
    wanted = told(theirs, {}, moment(theirs))
    if len(theirs[0]["hubs"]) > 1:
        # What comes from several hubs comes in any order.
        for side in (ours, wanted):
            for items in side.values():
                items.sort(key=lambda item: json.dumps(item, sort_keys=True))
    out = []
    for client in sorted(set(ours) | set(wanted)):
        a, b = ours.get(client, []), wanted.get(client, [])
        if a == b:
            continue
        at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        had, want = (json.dumps(one[at], ensure_ascii=False)[:400] if at < len(one) else "no more" for one in (a, b))
        out.append((client, f"number {at + 1} of {len(b)}: had {had}\n      the real hub: {want}"))
    return out


def differences(path):
    """Lines of the table, as (case, client)."""
    lines = [line.split("\t") for line in pathlib.Path(path).read_text().splitlines() if line and line[0] != "#"]
    return {(case, client): (requirement, because) for case, client, requirement, because in lines[1:]}


def cases(only):
    """The paths of cases with their transcripts."""
    all_of_them = sorted([*(HERE / "cases").glob("*.json"), *(HERE / "sessions").glob("*.json")])
    chosen = [path for path in all_of_them if not only or path.stem in only or path.stem[:2] in only]
    return [(path, HERE / "transcripts" / (path.stem + ".jsonl")) for path in chosen]


def run(arguments, quiet=False):
    """Plays all cases; gives the complaints, by case."""
    Hub.command = shlex.split(arguments.hub) if arguments.hub else [sys.executable, str(HERE / "hub.py")]
    Hub.command += arguments.hub_options
    meant, used, out = differences(arguments.differences), set(), {}

    def one(pair, settle=arguments.settle):
        return play(*pair, free_ports(16), settle)

    def complaints(case, found):
        """What is not meant to be so; notes which lines of the table were needed."""
        bad = []
        for client, text in found:
            key = next((k for k in [(case, client), (case, "*")] if k in meant), None)
            if key:
                used.add(key)
            else:
                bad.append((client, text))
        return bad

    def tell(case, found, bad, after=""):
        if not quiet:
            mark = "differs" if bad else "same" if not found else "differs as it is meant to"
            print(f"{case:28}{mark}{after}", flush=True)
            for client, text in bad:
                print(f"    {client}: {text}")

    chosen = cases(arguments.only.split(",") if arguments.only else None)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for pair, found in zip(chosen, pool.map(one, chosen)):
            case = pair[0].stem
            out[case] = complaints(case, found)
            tell(case, found, out[case])
    for pair in chosen if arguments.again else []:
        case = pair[0].stem
        if out[case]:
            found = one(pair, arguments.again)
            out[case] = complaints(case, found)
            tell(case, found, out[case], f" with {arguments.again} ms after each step")
    for key in sorted(set(meant) - used):
        if key[0] in out:
            out[key[0]].append((key[1], "is the same, though the table of differences has it"))
            if not quiet:
                print(f"{key[0]}: {key[1]} is the same, though the table of differences has it")
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--hub", metavar="COMMAND", help="starts a hub; options of hub.py follow it")
    parser.add_argument("--only", help="these cases, by name or number, with commas between them")
    parser.add_argument("--differences", metavar="FILE", default=str(HERE / "differences.tsv"),
                        help="what this hub does otherwise on purpose (differences.tsv beside this file)")
    parser.add_argument("--jobs", type=int, default=4, help="cases side by side (4)")
    parser.add_argument("--settle", type=int, default=60, help="milliseconds after each step (60)")
    parser.add_argument("--again", type=int, metavar="MS", help="plays what differs once more, with so long after each step")
    arguments, arguments.hub_options = parser.parse_known_args()
    found = run(arguments)
    if not found:
        print("no case is called that", file=sys.stderr)
        return 2
    bad = [case for case, texts in found.items() if texts]
    print(f"{len(found)} cases, {len(bad)} differ from the real hub" + (": " + ", ".join(bad) if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
