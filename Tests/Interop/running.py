#!/usr/bin/env python3
"""Runs the suite against nodes that keep the rules, each started once and left running, by nothing but their address.

    python3 running.py .build/release/meshspec [--only NAME[,NAME...]] [--jobs N[,N...]] [--twice] [--busy] [--evidence FOLDER]
                                            [MESHSPEC OPTION ...]

The first argument is the built program; running.tsv names the nodes. Further words are passed to `meshspec run`. A run is good when no
case fails, none warns of what the table does not name, and none is an error. What the node's baseline lists fails as it says there, and
is told. Cases that are inconclusive or flaky are told, and are no trouble. Exits 0 when all runs are good, 1 when one is not, 2 when it
cannot begin.
"""

import argparse
import collections
import contextlib
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE))
import faultruns
from ports import free_port

TIME_LIMIT = 14400  # seconds for one run, one case after the other; with more jobs less, 45 minutes at least
TOLD = 20          # lines about what is wrong with a run
READY = 120        # seconds until a node has said that it listens
FURTHER = ["second", "third"]  # actors of scenarios that further processes are, in their order
Node = collections.namedtuple("Node", "name protocol command options warns")


def nodes():
    """The rows of the table."""
    lines = [line.split("\t") for line in (HERE / "running.tsv").read_text().splitlines() if line and line[0] != "#"]
    if lines[0] != list(Node._fields):
        raise SystemExit(f"running.tsv: the first line must name {', '.join(Node._fields)}")
    return [Node(*fields) for fields in lines[1:]]


@contextlib.contextmanager
def process(name, command, folder):
    """Starts one process. It prints a line when it listens."""
    log = pathlib.Path(folder) / f"{name}.log"
    with log.open("w") as out:
        running = subprocess.Popen(shlex.split(command), cwd=HERE, stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL)
    try:
        end = time.monotonic() + READY
        while log.stat().st_size == 0 and running.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        if log.stat().st_size == 0 or running.poll() is not None:
            raise SystemExit(f"{name} did not start: {log.read_text()[-300:].strip() or 'it says nothing'}")
        yield
        if running.poll() is not None:
            raise SystemExit(f"{name} ended: {log.read_text()[-300:].strip()}")
    finally:
        running.kill()
        running.wait()


def upgrade(port):
    """Opens one WebSocket. A server loads much of its code for the first one: on a busy machine more than the suite would wait."""
    with socket.create_connection(("127.0.0.1", port), READY) as link:
        link.settimeout(READY)
        link.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
        answer = link.recv(64)
    if not answer.startswith(b"HTTP/1.1 101 "):
        raise SystemExit(f"the server at {port} does not open a WebSocket: {answer!r}")


@contextlib.contextmanager
def started(node, binary, folder):
    """Starts all processes of a node; gives what tells `meshspec run` where they are."""
    ports = {name: free_port() for name in ("port", *FURTHER)}
    words = ports | {"meshspec": shlex.quote(binary), "python": shlex.quote(sys.executable)}
    commands = node.command.split(" & ")
    with contextlib.ExitStack() as all_of_them:
        for number, command in enumerate(commands):
            name = f"{node.name}-{number}" if number else node.name
            all_of_them.enter_context(process(name, command.format(**words), folder))
        if node.protocol == "websocket":
            upgrade(ports["port"])
        address = f"127.0.0.1:{ports['port']}"
        if len(commands) == 1:
            yield address
            return
        further = ", ".join(f'{name}: "127.0.0.1:{ports[name]}"' for name, _ in zip(FURTHER, commands[1:]))
        target = pathlib.Path(folder) / f"{node.name}.yaml"
        target.write_text(f"meshspec-target: 1\nname: {node.name}\nprotocol: {node.protocol}\n"
                          f'address: "{address}"\naddresses: {{{further}}}\n')
        yield str(target)


@contextlib.contextmanager
def busy(number):
    """So many processes that take all the time of a processor."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def play(binary, node, address, jobs, evidence, more):
    """The suite against a node that runs."""
    command = [binary, "run", "--protocol", node.protocol, "--target", address, "-j", str(jobs), "--json"]
    command += [] if node.options == "-" else shlex.split(node.options)
    command += more
    command += ["--evidence", f"failed={evidence}/{node.name}-j{jobs}" if evidence else "none"]
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    limit = max(TIME_LIMIT / jobs, 2700)
    try:
        done = subprocess.run(command, cwd=faultruns.ROOT, env=environment, capture_output=True, text=True,
                              timeout=limit, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return faultruns.Result(None, [], [f"no end within {limit:.0f} s"])
    result = faultruns.read(done.returncode, done.stdout, done.stderr)
    result.complain("fail", "error", "notrun")
    for case in result.cases:
        # What the machine was too busy to judge is told like any other that is inconclusive.
        if case.get("baseline", "xfail") != "xfail" and case.get("verdict") != "inconc":
            result.trouble.append(f"{case.get('id')} is {case['baseline']}: {str(case.get('note'))[:160]}")
        if case.get("verdict") == "warn" and case.get("requirement") not in node.warns.split(","):
            result.trouble.append(f"{case.get('id')} is warn: {str(case.get('reason'))[:160]}")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--only", help="these nodes, with commas between them, or all of a protocol by its name")
    parser.add_argument("--jobs", default="8", help="cases side by side; several runs with commas between them (8)")
    parser.add_argument("--twice", action="store_true", help="each run twice in a row against the same node")
    parser.add_argument("--busy", action="store_true", help="beside two processes that do nothing but take time")
    parser.add_argument("--evidence", metavar="FOLDER", help="keep what failed there")
    args, more = parser.parse_known_args()
    binary = shutil.which(str(pathlib.Path(args.binary).resolve()))
    if binary is None:
        print(f"{args.binary} is no program", file=sys.stderr)
        return 2
    wanted = set(args.only.split(",")) if args.only else None
    chosen = [node for node in nodes() if not wanted or {node.name, node.protocol} & wanted]
    if not chosen:
        print(f"no node is called {args.only}", file=sys.stderr)
        return 2

    rounds = [int(jobs) for jobs in args.jobs.split(",") for _ in range(2 if args.twice else 1)]
    evidence = pathlib.Path(args.evidence).resolve() if args.evidence else None
    bad = 0
    print(f"{'node':22}{'jobs':>5}{'exit':>5}{'time':>8}  cases")
    with tempfile.TemporaryDirectory() as folder, busy(2 if args.busy else 0):
        for node in chosen:
            with started(node, binary, folder) as address:
                for jobs in rounds:
                    begun = time.monotonic()
                    result = play(binary, node, address, jobs, evidence, more)
                    took = time.monotonic() - begun
                    cases = ", ".join(f"{result.counts[v]} {v}" for v in faultruns.VERDICTS if result.counts[v])
                    status = "-" if result.status is None else result.status
                    print(f"{node.name:22}{jobs:>5}{status:>5}{took:>7.0f}s  {cases}", flush=True)
                    bad += bool(result.trouble)
                    for line in result.trouble[:TOLD]:
                        print(f"    {line}")
                    if len(result.trouble) > TOLD:
                        print(f"    and {len(result.trouble) - TOLD} more")
                    for case in result.cases:
                        if case.get("verdict") == "pass" and case.get("retries"):
                            print(f"    ({case.get('id')} is flaky: {str(case.get('reason'))[:120]})")
                        if case.get("baseline") == "xfail":
                            print(f"    ({case.get('id')} fails as its baseline says: {str(case.get('note'))[:120]})")
                        if case.get("verdict") == "inconc":
                            print(f"    ({case.get('id')} is inconc: {str(case.get('reason'))[:120]})")
    print("all runs are good" if not bad else f"{bad} runs are not good")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
