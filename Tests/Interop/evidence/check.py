#!/usr/bin/env python3
"""Looks at evidence bundles with tools that others wrote.

    python3 check.py .build/release/meshspec [--all]

Makes the bundles of the whole Nano suite in virtual time against a node that signs wrongly, and those of a few cases over
sockets. Then, for every bundle with --all, else for one in six and those of the failures: variables.json and trace.ndjson are JSON and agree with each other; tshark reads
wire.pcapng without an error, a malformed packet, a bad checksum or a complaint about TCP, finds in it the bytes of the
trace, and every step's comment; also the messages of data channels, in DTLS; xmllint takes ladder.svg; sh takes replay.sh. Those of the failures are run, and must
fail at the same requirement. Wants tshark, capinfos and xmllint in the path. Exits 0 when all is so, 1 when not, 2 when
it cannot begin.
"""

import collections
import concurrent.futures
import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILES = ["ladder.svg", "replay.sh", "scenario.yaml", "trace.ndjson", "variables.json", "wire.pcapng"]
CHECKS = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE"]
FIELDS = ["frame.comment", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "tcp.analysis.flags",
          "_ws.malformed", "ip.src_host", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.stream", "tcp.payload"]
# Over sockets: one that fails, one where the node dials, one with two connections, one that is closed.
SOCKETS = ["nano.handshake.v2-signature", "nano.client.query", "nano.handshake.two-ids", "nano.header.wrong-network"]
# Over sockets: a hub with data channels to others.
CHANNELS = ["peerpigeon.mesh.channel.answer", "peerpigeon.mesh.channel.several"]
SAMPLE = 6
trouble = []


def verdict(bundle):
    return json.loads((bundle / "variables.json").read_text(encoding="utf-8"))["verdict"]


def complain(where, what):
    trouble.append(f"{where}: {what}")


def tool(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **more)


def run(binary, folder, *arguments):
    """A run that leaves bundles in a folder, and has to fail: the node signs wrongly."""
    done = tool(binary, "run", "--bug", "bad-signature", "--seed", "7", "--evidence", f"all={folder}", *arguments,
                cwd=ROOT, env=environment(binary))
    if done.returncode != 1:
        complain("run", f"exit status {done.returncode} instead of 1:\n{done.stderr}")


def environment(binary):
    own = {key: value for key, value in os.environ.items() if key != "CI"}
    return own | {"PATH": f"{binary.parent}:{own['PATH']}", "LC_ALL": "C.UTF-8"}


def trace(path):
    """The events of a trace, each line of which is an object."""
    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if events[0].get("event") != "trace" or events[0].get("version") != 1 or events[-1].get("event") != "verdict":
        complain(path, "does not begin with its version and end with the verdict")
    return events


def comments(path):
    """Every comment in the file: those of packets, and those of the section."""
    told = tool("capinfos", "-k", str(path))
    if told.returncode != 0:
        complain(path, f"capinfos: {told.stderr}")
    return [line.split(":", 1)[1].strip() for line in told.stdout.splitlines() if line.startswith("Capture comment")]


def packets(path):
    command = ["tshark", "-n", "-Nn", "-r", str(path), "-T", "json"]
    for check in CHECKS:
        command += ["-o", check]
    for field in FIELDS:
        command += ["-e", field]
    done = tool(*command)
    complaints = [line for line in done.stderr.splitlines() if "Running as user" not in line and line.strip()]
    if done.returncode != 0 or complaints:
        complain(path, f"tshark: status {done.returncode} {complaints}")
    return [packet["_source"]["layers"] for packet in json.loads(done.stdout or "[]")]


def check_packets(path, events):
    seen = packets(path)
    for number, layers in enumerate(seen, 1):
        good = all(layers.get(f"{layer}.checksum.status", ["1"]) == ["1"] for layer in ("ip", "tcp", "udp"))
        if not good or not {"tcp.checksum.status", "udp.checksum.status"} & set(layers):
            complain(path, f"packet {number}: checksum")
        for field in ("tcp.analysis.flags", "_ws.malformed"):
            if field in layers:
                complain(path, f"packet {number}: {field} {layers[field]}")
    # The bytes of each connection, both ways, as in the trace.
    wanted, had = collections.defaultdict(str), collections.defaultdict(str)
    for event in events:
        if event["event"] == "entry" and "bytes" in event:
            wanted[event["connection"], event["direction"]] += event["bytes"]
    for layers in seen:
        for payload in layers.get("tcp.payload", []):
            had[layers["tcp.stream"][0], layers["ip.src"][0], layers["tcp.srcport"][0]] += payload.replace(":", "")
    if sorted(wanted.values()) != sorted(had.values()):
        complain(path, "the bytes are not those of the trace")
    return seen


def check_comments(path, events, seen):
    """Each outcome of a step is told once, and the failure on the packet that it is about."""
    told = [comment for layers in seen for comment in layers.get("frame.comment", [])]
    if not seen:
        told = comments(path)
    heads = collections.Counter(match.group(1) for match in (re.match(r"(?:clean-up )?(step \d+ \(.*?line \d+\)) ", c)
                                                             for c in told) if match)
    wanted = collections.Counter()
    for event in events:
        if event["event"] == "step" and event["state"] != "not":
            file = f"{event['file']} " if "file" in event else ""
            wanted[f"step {event['step']} ({file}line {event['line']})"] += 1
    if heads != wanted:
        complain(path, f"comments {heads} for steps {wanted}")
    if not wanted:
        complain(path, "there are no steps")
    verdict = events[-1]
    culprit = next((event for event in events if event.get("culprit")), None)
    if verdict["verdict"] == "fail" and culprit and "bytes" in culprit:
        marked = [layers for layers in seen if any(f"FAILED {verdict['requirement']}" in comment
                                                   for comment in layers.get("frame.comment", []))]
        if len(marked) != 1 or marked[0].get("tcp.payload", [""])[0].replace(":", "") != culprit["bytes"]:
            complain(path, "the failure is not on the packet that it is about")


def check_files(bundle, variables):
    """It holds its files, the scenario and its fragments as they were run, and nothing else."""
    fragments = {fragment["file"]: fragment for fragment in variables["fragments"]}
    names = sorted(str(path.relative_to(bundle)) for path in bundle.rglob("*") if not path.is_dir())
    if names != sorted(FILES + list(fragments)):
        complain(bundle, f"holds {names}")
        return False
    copies = {"scenario.yaml": variables["scenario"]} | {file: fragments[file]["from"] for file in fragments}
    for file, origin in copies.items():
        if (bundle / file).read_bytes() != (ROOT / origin).read_bytes():
            complain(bundle, f"{file} is not {origin}")
    # What the scenario names is where it looks for it, but for what would be out of the bundle. The bundle tells a file
    # that two files use by the name that the first of them gives it, so the origin decides.
    used = re.findall(r"\buse: *([^\s,}]+)", (bundle / "scenario.yaml").read_text(encoding="utf-8"))
    copied = {os.path.normpath(fragment["from"]): file for file, fragment in fragments.items()}
    for name in used:
        place = os.path.normpath(name)
        copy = copied.get(os.path.normpath(os.path.join(os.path.dirname(variables["scenario"]), name)), "")
        if not (copy.startswith("elsewhere/") if place.startswith("..") else copy == place):
            complain(bundle, f"{name} is at {copy or None}")
    # A scenario that does not find its fragments cannot stand for the one that was run.
    is_own = '"$(dirname "$0")"/scenario.yaml' in (bundle / "replay.sh").read_text(encoding="utf-8")
    if is_own != (not any(file.startswith("elsewhere/") for file in fragments)):
        complain(bundle, "replay.sh runs the wrong scenario")
    return True


def check_addresses(bundle, events, seen):
    """Over sockets: the ends of each connection are those that the trace tells, the node's on 127.0.0.1, and that of each
    other actor at an address of loopback that no other has."""
    told, places = [], collections.defaultdict(set)
    for event in events:
        if event["event"] == "entry" and event["what"] == "opened":
            told.append(frozenset([(event["ours"], event["local"]), (event["theirs"], event["peer"])]))
            for actor, end in ((event["ours"], event["local"]), (event["theirs"], event["peer"])):
                places[actor].add(end.rsplit(":", 1)[0])
    had = collections.defaultdict(set)
    names = {}
    for layers in seen:
        source, target = layers["ip.src"][0], layers["ip.dst"][0]
        names[source] = layers["ip.src_host"][0]
        had[layers["tcp.stream"][0]] |= {f"{source}:{layers['tcp.srcport'][0]}", f"{target}:{layers['tcp.dstport'][0]}"}
    ends = [frozenset((names.get(end.rsplit(":", 1)[0]), end) for end in stream) for stream in had.values()]
    if not told or collections.Counter(told) != collections.Counter(ends):
        complain(bundle, f"the addresses are not those of the sockets: {ends} for {told}")
    every = [address for addresses in places.values() for address in addresses]
    if any(len(addresses) != 1 for addresses in places.values()) or len(set(every)) != len(every):
        complain(bundle, f"actors have not one address each: {dict(places)}")
    if places["node"] != {"127.0.0.1"} or not all(ipaddress.ip_address(address).is_loopback for address in every):
        complain(bundle, f"the addresses are not on loopback: {dict(places)}")


def check_channels(binary, bundle):
    """tshark opens the DTLS records of the data channels with the keys in the file, and finds each message of the trace in
    them; so does the decoder."""
    path = bundle / "wire.pcapng"
    entries = [event for event in trace(bundle / "trace.ndjson") if event["event"] == "entry"]
    streams = {event["connection"] for event in entries if not event.get("carried")}
    wanted = [event["bytes"] for event in entries if event["connection"] not in streams and "bytes" in event]
    done = tool("tshark", "-n", "-r", str(path), "-Y", "dtls.record.content_type == 23", "-T", "fields", "-e", "data.data")
    opened = [data for line in done.stdout.splitlines() for data in line.split(",")]
    for message in wanted:
        if not any(message in data for data in opened):
            complain(path, f"tshark finds no record with {bytes.fromhex(message)[:200]}")
    told = tool(str(binary), "decode", "-o", "json", str(path)).stdout.splitlines()
    paths = [record.get("path", "") for record in map(json.loads, told)]
    ours = sum(place.startswith("dtls/sctp/#") and place.endswith("/peerpigeon") for place in paths)
    if len(wanted) < 2 or ours != len(wanted):
        complain(path, f"decode has {ours} messages of data channels, the trace {len(wanted)}")


def check(bundle, is_simulated):
    if not all((bundle / name).is_file() for name in FILES):
        complain(bundle, f"holds {sorted(path.name for path in bundle.iterdir())}")
        return None
    variables = json.loads((bundle / "variables.json").read_text(encoding="utf-8"))
    if not check_files(bundle, variables):
        return None
    events = trace(bundle / "trace.ndjson")
    for key in ("verdict", "requirement", "level"):
        if variables[key] != events[-1][key]:
            complain(bundle, f"{key} differs between variables.json and trace.ndjson")
    # What file systems do not take stands as _ in the name of the folder, with a fingerprint behind it.
    case = re.sub(r"[^A-Za-z0-9.-]", "_", variables["case"])
    is_plain = case == variables["case"]
    fits = bundle.name == case if is_plain else re.fullmatch(re.escape(case) + r"\+[0-9a-f]{8}", bundle.name)
    if variables["version"] != 1 or events[0]["case"] != variables["case"] or not fits or not variables["variables"]:
        complain(bundle, "variables.json is not about this case")
    if (events[0]["clock"] == "virtual") != is_simulated or variables["clock"] != events[0]["clock"]:
        complain(bundle, "the clock is not what it was")
    seen = check_packets(bundle / "wire.pcapng", events)
    check_comments(bundle / "wire.pcapng", events, seen)
    # Each actor has an address of its own, and tools show its name.
    hosts = {host for layers in seen for host in layers["ip.src_host"]}
    actors = {event[end] for event in events if event["event"] == "entry" for end in ("ours", "theirs")}
    if seen and hosts != actors:
        complain(bundle, f"hosts {hosts} for actors {actors}")
    if not is_simulated and seen:
        check_addresses(bundle, events, seen)
    script = bundle / "replay.sh"
    if not os.access(script, os.X_OK) or tool("sh", "-n", str(script)).returncode != 0:
        complain(script, "is no program of the shell")
    return variables


def replay(binary, bundle, variables):
    """Fails as the run did."""
    done = tool(str(bundle / "replay.sh"), cwd=ROOT, env=environment(binary))
    line = next((line for line in done.stdout.splitlines() if line.startswith(f"✗ {variables['case']} ")), "")
    if done.returncode != 1 or f" {variables['requirement']} {variables['level']} " not in line:
        complain(bundle, f"run again: status {done.returncode}\n{done.stdout}{done.stderr}")
    if variables["reason"] not in done.stdout:
        complain(bundle, f"run again it fails for another reason than {variables['reason']}")


def main():
    if sys.argv[2:] not in ([], ["--all"]) or len(sys.argv) < 2 or not all(map(shutil.which, ["tshark", "capinfos", "xmllint"])):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="meshspec-evidence-") as folder:
        # replay.sh finds it in the path by its name, whatever that of the file is.
        binary = pathlib.Path(folder) / "bin" / "meshspec"
        binary.parent.mkdir()
        binary.symlink_to(pathlib.Path(sys.argv[1]).resolve())
        simulated, real = pathlib.Path(folder) / "simulated", pathlib.Path(folder) / "real"
        run(binary, simulated, "--simulate")
        run(binary, real, *SOCKETS)
        bundles = [(path, place == simulated) for place in (simulated, real) for path in sorted(place.iterdir())]
        if sys.argv[2:] != ["--all"]:
            bundles = [(path, virtual) for number, (path, virtual) in enumerate(bundles)
                       if not virtual or number % SAMPLE == 0 or verdict(path) == "fail"]
        channels = pathlib.Path(folder) / "channels"
        done = tool(str(binary), "run", "--protocol", "peerpigeon", "--profile", "seed", "-P", "channels=on", "-P",
                    "migration_delay=1s", "--evidence", f"all={channels}", *CHANNELS, cwd=ROOT, env=environment(binary))
        if done.returncode != 0:
            complain("run", f"exit status {done.returncode} of the data channels:\n{done.stdout}")
        for path in sorted(channels.iterdir()):
            check_comments(path / "wire.pcapng", trace(path / "trace.ndjson"), packets(path / "wire.pcapng"))
            check_channels(binary, path)
        # It is tshark that takes the time.
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            checked = list(pool.map(check, *zip(*bundles)))
        failures = 0
        for (path, _), variables in zip(bundles, checked):
            if variables and variables["verdict"] == "fail":
                failures += 1
                replay(binary, path, variables)
        drawn = tool("xmllint", "--noout", "--nonet", *(str(path / "ladder.svg") for path, _ in bundles))
        if drawn.returncode != 0:
            complain("xmllint", drawn.stderr)
        if len(bundles) < 40 + len(SOCKETS) or failures < 3:
            complain("run", f"only {len(bundles)} bundles, {failures} of failures")
    for line in trouble:
        print(line, file=sys.stderr)
    print(f"{len(bundles)} bundles, {failures} of failures that were run again: {len(trouble)} problems")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
