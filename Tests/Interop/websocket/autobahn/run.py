#!/usr/bin/env python3
"""The Autobahn test suite against the reference node of WebSocket, as server and as client.

    python3 run.py .build/release/meshspec --home .build/autobahn [--all] [--role server|client] [--cases 1.*,7.1.5]

`--home` is the folder that setup.sh was given; the reports stay in it. Without --all or --cases a sample of each section runs. Prints how
many cases ended how, and each that is worse than NON-STRICT or missing. Exits 0 when there is none, 1 when there are, 2 when it cannot begin.
"""

import argparse
import ast
import collections
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from ports import free_port

# 9.3 and 9.4 are one message in fragments, 9.5 and 9.6 one that comes in pieces, 9.7 and 9.8 a thousand messages; in 12 and 13 a thousand
# compressed ones each, of up to 128 KiB, which takes seconds.
SAMPLE = ("1.*,2.*,3.*,4.*,5.*,6.1.*,6.2.*,6.3.*,6.4.1,6.12.*,6.21.*,7.*,9.1.1,9.1.2,9.2.1,9.2.2,9.3.4,9.4.4,9.5.6,9.6.6,9.7.1,9.8.1,10.*,"
          "12.1.1,12.1.3,12.2.1,12.3.2,12.4.3,12.5.1,13.1.1,13.2.2,13.3.1,13.4.3,13.5.2,13.6.1,13.7.1")
WHOLE = 517  # cases of autobahntestsuite 25.10.1
GOOD = ["OK", "INFORMATIONAL", "NON-STRICT"]
AGENT = "meshspec"
READY = 30  # seconds until wstest listens


class Run:
    """One role. What the suite says goes to a log, where it names its cases."""

    def __init__(self, args, role):
        self.args, self.role = args, role
        self.folder = pathlib.Path(args.home).resolve() / role
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.log = self.folder / "wstest.log"
        self.end = time.monotonic() + args.limit
        self.started = []

    def start(self, command, **others):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **others)
        self.started.append(process)
        return process

    def node(self, *words):
        command = [str(pathlib.Path(self.args.binary).resolve()), "node", "websocket", *words, "--control", "none"]
        return self.start(command, stdout=subprocess.PIPE, text=True)

    def suite(self, mode, **what):
        spec = self.folder / "spec.json"
        spec.write_text(json.dumps({"outdir": str(self.folder), "cases": self.args.cases.split(","), "exclude-cases": [],
                                    "exclude-agent-cases": {}, **what}))
        wstest = str(pathlib.Path(self.args.home).resolve() / "wstest")
        with self.log.open("w") as log:
            return self.start([wstest, "-u", "0", "-m", mode, "-s", str(spec)], stdout=log, stderr=subprocess.STDOUT)

    def play_server(self):
        """Our server, the suite as client."""
        node = self.node("--listen", "127.0.0.1:0")
        address = json.loads(node.stdout.readline())["listening"]
        suite = self.suite("fuzzingclient", servers=[{"agent": AGENT, "url": f"ws://{address}"}])
        suite.wait(self.end - time.monotonic())

    def play_client(self):
        """Our client, the suite as server: which cases there are it asks for itself."""
        port = free_port()
        suite = self.suite("fuzzingserver", url=f"ws://127.0.0.1:{port}")
        ready = time.monotonic() + READY
        while time.monotonic() < ready and suite.poll() is None:
            with socket.socket() as tcp:
                if tcp.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        node = self.node("--connect", f"127.0.0.1:{port}", "--role", "autobahn")
        timer = threading.Timer(self.end - time.monotonic(), node.kill)
        timer.start()
        for line in node.stdout:
            if json.loads(line)["event"] == "cases_done":
                break
        timer.cancel()

    def play(self):
        """What is wrong: a line for each."""
        begun, trouble = time.monotonic(), []
        try:
            {"server": self.play_server, "client": self.play_client}[self.role]()
        except subprocess.TimeoutExpired:
            trouble.append(f"no end within {self.args.limit} s")
        finally:
            for process in reversed(self.started):
                process.kill()
                process.wait()
        return self.judge(time.monotonic() - begun) + trouble

    def judge(self, took):
        index, announced = self.folder / "index.json", []
        if not index.exists():
            return [f"no report; the log ends with: {self.log.read_text(errors='replace')[-300:]}"]
        cases = json.loads(index.read_text()).get(AGENT, {})
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith("Cases = ["):
                announced = ast.literal_eval(line[len("Cases = "):])
                break
        for field, of in ("behavior", "cases"), ("behaviorClose", "their closing"):
            counts = collections.Counter(case[field] for case in cases.values())
            print(f"{self.role:8}{len(cases):>5}{took:>7.0f}s  {of + ':':15}" + ", ".join(f"{n} {name}" for name, n in counts.most_common()))
        trouble = [f"{name} is {case['behavior']}, its closing {case['behaviorClose']}, code {case['remoteCloseCode']}"
                   for name, case in sorted(cases.items(), key=lambda item: [int(part) for part in item[0].split(".")])
                   if not {case["behavior"], case["behaviorClose"]} <= set(GOOD)]
        missing = [name for name in announced if name not in cases]
        if missing:
            trouble.append(f"{len(missing)} are missing: {' '.join(missing)}")
        if not announced or self.args.all and len(announced) != WHOLE:
            trouble.append(f"{len(announced)} cases were to run")
        return trouble


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--home", required=True, help="the folder of setup.sh")
    parser.add_argument("--role", choices=["server", "client"], help="only this one of our node")
    parser.add_argument("--cases", default=SAMPLE, help="patterns of cases, with commas between them")
    parser.add_argument("--all", action="store_true", help=f"all {WHOLE}")
    parser.add_argument("--limit", type=int, default=3600, help="seconds for a role (3600)")
    args = parser.parse_args()
    args.cases = "*" if args.all else args.cases
    for program in args.binary, f"{args.home}/wstest":
        if not pathlib.Path(program).is_file():
            print(f"there is no {program}", file=sys.stderr)
            return 2
    bad = 0
    print(f"{'we are':8}{'cases':>5}{'time':>8}")
    for role in [args.role] if args.role else ["server", "client"]:
        trouble = Run(args, role).play()
        bad += bool(trouble)
        for line in trouble:
            print(f"    {line}", flush=True)
    print("all cases are good" if not bad else f"{bad} roles are not good")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
