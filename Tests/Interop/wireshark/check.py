#!/usr/bin/env python3
"""Holds the dissectors that `meshspec wireshark` makes against `meshspec decode`, in tshark.

    python3 Tests/Interop/wireshark/check.py .build/release/meshspec [PROTOCOL ...]

For each protocol the dissector is made, and tshark reads every capture of it in Captures with it. What tshark shows of
each message is then compared with the JSON of `decode`: its name, the packet in which it is whole, every field with its
value, in order. A capture that gives no message fails, and so does one in which the two do not call the same messages
malformed. Of a fragment of RMPX the decoder shows the sections, by what it knows of the fragments before; the dissector
shows them where the message is whole, so of fragments the header is compared. Wants tshark in the path. Exits 0 when all
is so, 1 when not.

tshark runs with settings of its own: it reads no plugins of the user, and Lua also where a system denies it to root.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROTOCOLS = ["nano", "rightmesh", "dxos", "peerpigeon", "gossipsub"]
# Where the messages of the layers below are compared as well, the beginnings of the names of all.
LAYERED = {"gossipsub": ("gossipsub.", "libp2p.")}
# Fields stand in the order of the specification, else in that of the sender.
ORDERED = ["nano", "rightmesh"]
trouble = []


def complain(where, what):
    trouble.append(f"{where}: {what}")


def run(*command, env=None, statuses=(0,)):
    done = subprocess.run([str(c) for c in command], capture_output=True, timeout=600, env=env)
    if done.returncode not in statuses:
        complain(" ".join(str(c) for c in command[:4]), f"status {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout, done.stderr.decode()


def tshark(script, path, home):
    """The packets that tshark shows, each with its number."""
    env = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "LC_ALL": "C.UTF-8"}
    options = ["-o", "tcp.reassemble_out_of_order:TRUE", "-o", "ip.defragment:TRUE", "-X", f"lua_script:{script}"]
    out, errors = run("tshark", "-n", *options, "-r", path, "-T", "pdml", env=env)
    told = [line for line in errors.splitlines() if "Running as user" not in line]
    if told:
        complain(path.name, f"tshark says: {told[:3]}")
    for packet in xml.etree.ElementTree.fromstring(out):
        yield int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show")), packet


def shown(field):
    """What the value of a field may be in JSON, as text: as Wireshark writes it, and its bytes as text."""
    show = field.get("show")
    told = {show}
    named = re.fullmatch(r".*?: (.+) \((0x[0-9a-f]+|\d+)\)", field.get("showname") or "", re.DOTALL)
    if named and not named.group(1).startswith("Unknown"):
        return {named.group(1)}
    if re.fullmatch(r"0x[0-9a-f]{1,16}", show) and field.get("size") in ("1", "2", "3", "4", "8"):
        return {str(int(show, 16))}
    if re.fullmatch(r"([0-9a-f]{2}:)*[0-9a-f]{2}", show):
        told.add(show.replace(":", ""))
    truth = re.fullmatch(r".*?: (True|False)", field.get("showname") or "")
    if truth:
        return {truth.group(1).lower()}
    try:
        told.add(bytes.fromhex(field.get("value") or "").decode())
    except ValueError:
        pass
    return told


def fields_of(item, prefix):
    """Last name, values and fields below it, of each field below an item, in order."""
    out = []
    for field in item.findall("field"):
        if field.get("name").startswith(prefix):
            out.append((field.get("name").rpartition(".")[2], shown(field), fields_of(field, prefix)))
    return out


def messages_of(packet, protocol):
    """Message, fields and what is malformed, for each message of a packet."""
    for item in packet.findall(f"proto[@name='meshspec_{protocol}']"):
        name = item.find(f"field[@name='{protocol}.message_name']")
        faults = [f.get("showname") or f.get("show") for f in item.iter("field") if f.get("name") == "_ws.expert.message"]
        if name is None:
            yield None, [], faults
            continue
        root = item.find(f"field[@name='{name.get('show')}']")
        fields = fields_of(root, name.get("show") + ".")
        if protocol in LAYERED:
            path = item.find(f"field[@name='{protocol}.message_path']")
            fields.append(("(path)", {path.get("show")}, []))
        yield name.get("show"), fields, faults


def text(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def is_json(told, value):
    """Whether one of the texts is the JSON of a value."""
    for one in told:
        try:
            if json.loads(one) == value:
                return True
        except ValueError:
            pass
    return False


def differences(theirs, mine, is_ordered, counts, path=""):
    """Where the fields that tshark shows are not those of the decoder."""
    wanted = []
    for name, value in mine.items():
        told = [t for t in theirs if t[0] == name]
        is_whole = len(told) == 1 and not told[0][2] and is_json(told[0][1], value)
        wanted += [(name, v) for v in (value if isinstance(value, list) and not is_whole else [value])]
    if not is_ordered:
        theirs, wanted = sorted(theirs, key=lambda t: t[0]), sorted(wanted, key=lambda w: w[0])
    if [t[0] for t in theirs] != [w[0] for w in wanted]:
        yield f"{path or 'fields'}: {[t[0] for t in theirs]}, decode has {[w[0] for w in wanted]}"
        return
    for (name, told, below), (_, value) in zip(theirs, wanted):
        counts["fields"] += 1
        if isinstance(value, dict) and (below or not is_json(told, value)):
            yield from differences(below, value, is_ordered, counts, f"{path}{name}.")
        elif text(value) not in told and not is_json(told, value):
            yield f"{path}{name}: {sorted(told)}, decode has {value!r}"


def decoded(binary, path, protocol):
    """Message, fields and whether it is malformed, by packet."""
    is_layered = protocol in LAYERED
    out, _ = run(binary, "decode", "-o", "json", *["--layers"] * is_layered, path, statuses=(0, 1))
    told = {}
    for line in out.splitlines():
        record = json.loads(line)
        name = record["message"]
        # What never became whole is no message.
        if not name.startswith(LAYERED.get(protocol, protocol + ".")) or name == f"{protocol}.incomplete":
            continue
        # Wireshark hands on no message of WebSocket that is empty.
        if record["length"] == 0 and record.get("path", "").startswith("websocket/"):
            continue
        # Bytes in which no message begins have no name in tshark either.
        is_none = name == f"{protocol}.malformed"
        fields = {} if is_none else record["fields"]
        if is_layered and not is_none:
            fields["(path)"] = record["path"]
        told.setdefault(record["frames"][-1], []).append(
            (None if is_none else name, fields, is_none or "malformed" in record))
    return told


def header(fields):
    """The fields in front of the first that holds a part of the body."""
    parts = ("peers", "superpeers", "targets", "skipped", "content")
    names = list(fields) if isinstance(fields, dict) else [f[0] for f in fields]
    count = next((i for i, name in enumerate(names) if name in parts), len(names))
    return {n: fields[n] for n in names[:count]} if isinstance(fields, dict) else fields[:count]


def compare(binary, script, path, protocol, home, counts):
    """One capture; returns how many messages it has."""
    ours = decoded(binary, path, protocol)
    seen = 0
    for number, packet in tshark(script, path, home):
        theirs = list(messages_of(packet, protocol))
        wanted = ours.pop(number, [])
        if [name for name, _, _ in theirs] != [name for name, _, _ in wanted]:
            complain(path.name, f"packet {number}: {[t[0] for t in theirs]}, decode has {[w[0] for w in wanted]}")
            continue
        for (name, fields, faults), (_, mine, is_malformed) in zip(theirs, wanted):
            if name == "rightmesh.fragment":
                fields, mine = header(fields), header(mine)
            seen += 1
            counts["malformed"] += is_malformed
            for line in differences(fields, mine, protocol in ORDERED, counts):
                complain(path.name, f"packet {number}, {name}: {line}")
            if bool(faults) != is_malformed:
                complain(path.name, f"packet {number}, {name}: faults {faults}, decode: malformed {is_malformed}")
    if ours:
        complain(path.name, f"packets {sorted(ours)[:5]}: tshark shows nothing of {protocol}")
    return seen


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    for protocol in sys.argv[2:] or PROTOCOLS:
        counts = {"captures": 0, "messages": 0, "fields": 0, "malformed": 0}
        with tempfile.TemporaryDirectory() as name:
            home = pathlib.Path(name)
            script = home / f"{protocol}.lua"
            script.write_bytes(run(binary, "wireshark", protocol)[0])
            for path in sorted((ROOT / "Captures" / protocol).glob("*.pcap*")):
                seen = compare(binary, script, path, protocol, home, counts)
                if not seen:
                    complain(path.name, "no message was compared")
                counts["captures"] += 1
                counts["messages"] += seen
        if not counts["messages"]:
            complain(protocol, "nothing was compared")
        print(f"{protocol}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    for line in trouble[:40]:
        print(line, file=sys.stderr)
    print(f"{len(trouble)} complaints")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
