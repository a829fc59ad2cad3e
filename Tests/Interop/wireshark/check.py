#!/usr/bin/env python3
"""Holds the dissectors that `meshspec wireshark` makes against `meshspec decode`, in tshark.

    python3 Tests/Interop/wireshark/check.py .build/release/meshspec [PROTOCOL ...]

For each protocol the dissector is made, and tshark reads every capture of it in Captures with it, and what
conversations.py makes: in one pass, in two (-2), and in two with a display filter, with which fields are told in the
first pass as well. What tshark shows of each message is then compared with the JSON of `decode`: its name, the packet
in which it is whole, every field with its value, in order. The Info column is compared with the sentences of `decode`
about the messages, see `sentences`, and the expert infos with its findings, see FINDINGS. Then sharkd, which dissects
as Wireshark does, is asked for the packets from the last to the first, as if a user clicked on them, and the names of
the messages and the Info column are compared. A capture that gives no message fails, and so does one in which the two
do not call the same messages malformed. Of a fragment of RMPX the decoder shows the sections, by what it knows of the
fragments before; the dissector shows them where the message is whole, so of fragments the header is compared. Wants
tshark and sharkd in the path. Exits 0 when all is so, 1 when not.

Both run with settings of their own: they read no plugins of the user, and Lua also where a system denies it to root.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import conversations

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROTOCOLS = ["nano", "rightmesh", "dxos", "peerpigeon", "gossipsub"]
# Where the messages of the layers below are compared as well, the beginnings of the names of all.
LAYERED = {"gossipsub": ("gossipsub.", "libp2p.")}
# Of Wireshark, so that it puts together what decode does.
SETTINGS = ["tcp.reassemble_out_of_order:TRUE", "ip.defragment:TRUE"]
# For these, refused messages are not compared. The dissector of RMPX verifies no checksums, and that of gossipsub reads on
# in a stream after a refused message.
UNCHECKED = ["rightmesh", "gossipsub"]
# Of expert infos, the severity of what is malformed.
ERROR = 8388608
# Fields stand in the order of the specification, else in that of the sender.
ORDERED = ["nano", "rightmesh"]
# The findings of decode that the dissectors have as expert infos. Others need a check of the whole message or its signatures,
# or what other messages say.
FINDINGS = {
    "is not a field of the message", "is repeated; the last one counts", "is null, read as absent",
    "is followed by bytes that are skipped", "is a longer varint than necessary",
    "has a field after a field with a higher number", "has the wrong type, read as absent",
}
# Of decode: its sentence about the message; how many messages it told of before; whether it told of a later packet of the
# connection before.
Message = collections.namedtuple("Message", "name fields is_malformed says findings order is_late")
trouble = []


def complain(where, what):
    trouble.append(f"{where}: {what}")


def run(*command, env=None, statuses=(0,), told=None):
    done = subprocess.run([str(c) for c in command], capture_output=True, timeout=600, env=env, input=told)
    if done.returncode not in statuses:
        complain(" ".join(str(c) for c in command[:4]), f"status {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout, done.stderr.decode()


def environment(home):
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "LC_ALL": "C.UTF-8"}


def tshark(script, path, home, passes):
    """The packets that tshark shows, each with its number."""
    options = [word for setting in SETTINGS for word in ("-o", setting)] + ["-X", f"lua_script:{script}", *passes]
    out, errors = run("tshark", "-n", *options, "-r", path, "-T", "pdml", env=environment(home))
    told = [line for line in errors.splitlines() if "Running as user" not in line]
    if told:
        complain(path.name, f"tshark says: {told[:3]}")
    for packet in xml.etree.ElementTree.fromstring(out):
        yield int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show")), packet


def clicked(script, path, home, protocol, numbers):
    """The names of the messages and the Info column of each packet that sharkd is asked for, in that order."""
    plugins = home / ".local/lib/wireshark/plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / script.name).write_bytes(script.read_bytes())
    asked = [("setconf", {"name": name, "value": value}) for name, _, value in (s.partition(":") for s in SETTINGS)]
    asked.append(("load", {"file": str(path)}))
    asked += [("frame", {"frame": number, "proto": True}) for number in numbers] + [("frames", {})]
    lines = [{"jsonrpc": "2.0", "id": i, "method": m, "params": p} for i, (m, p) in enumerate(asked, 1)]
    out, _ = run("sharkd", "-", env=environment(home), told="".join(json.dumps(l) + "\n" for l in lines).encode())
    (plugins / script.name).unlink()
    answers = [json.loads(line) for line in out.splitlines()]
    for answer in answers:
        if "error" in answer:
            complain(path.name, f"sharkd says: {answer['error']}")
            return

    def named(items):
        for item in items:
            if item.get("f") == f"meshspec_{protocol}":
                found = (re.fullmatch(r'.*\.message_name == "(.*)"', i.get("f", "")) for i in item["n"])
                yield next((match.group(1) for match in found if match), None)
            yield from named(item.get("n", []))

    infos = {row["num"]: row["c"][-1] for row in answers.pop()["result"]}
    for number, answer in zip(numbers, answers[len(answers) - len(numbers):]):
        yield number, (list(named(answer["result"].get("tree", []))), infos[number])


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
    """Last name, values and fields below it, of each field below an item, in order.

    A member of JSON that has no field of its own has its name in front of its value.
    """
    out = []
    for field in item.findall("field"):
        if field.get("name") == prefix.partition(".")[0] + ".member":
            name, _, value = field.get("show").partition(": ")
            out.append((name, {value, bytes.fromhex(field.get("value")).decode()}, []))
        elif field.get("name").startswith(prefix):
            out.append((field.get("name").rpartition(".")[2], shown(field), fields_of(field, prefix)))
    return out


def messages_of(packet, protocol):
    """Message, fields, what is malformed, and other findings, for each message of a packet."""
    for item in packet.findall(f"proto[@name='meshspec_{protocol}']"):
        name = item.find(f"field[@name='{protocol}.message_name']")
        faults, findings = [], []
        for info in (f for f in item.iter("field") if f.get("name") == "_ws.expert"):
            told = info.find("field[@name='_ws.expert.message']").get("show")
            severity = info.find("field[@name='_ws.expert.severity']").get("show")
            (faults if int(severity, 0) == ERROR else findings).append(told)
        if name is None:
            yield None, [], faults, findings
            continue
        root = item.find(f"field[@name='{name.get('show')}']")
        fields = fields_of(root, name.get("show") + ".")
        if protocol in LAYERED:
            path = item.find(f"field[@name='{protocol}.message_path']")
            fields.append(("(path)", {path.get("show")}, []))
        # The packets of the fragments of a message.
        frames = [int(f.get("show")) for f in item.findall(f"field[@name='{protocol}.fragment_frame']")]
        fields += [("(frames)", {str(frame)}, []) for frame in sorted(frames)]
        yield name.get("show"), fields, faults, findings


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


def columns(script, path, home, passes):
    """The Info column of the packets that tshark shows, by their numbers."""
    options = [word for setting in SETTINGS for word in ("-o", setting)] + ["-X", f"lua_script:{script}", *passes]
    out, _ = run("tshark", "-n", *options, "-r", path, "-T", "psml", env=environment(home))
    told = xml.etree.ElementTree.fromstring(out)
    names = [section.text for section in told.find("structure")]
    for packet in told.findall("packet"):
        row = dict(zip(names, (section.text or "" for section in packet)))
        yield int(row["No."]), row["Info"]


def sentences(wanted, protocol):
    """What the Info column must be for the messages of a packet, as an expression.

    The sentences stand there in order. Where there are messages of the protocol, those of the layers below it have none.
    Of the sentence of decode, what it says of the message that is answered is left out, since that is told by other
    packets; where this takes room from the sentence itself, decode cuts it. Of a message that is malformed the name stands
    there. Wireshark's dissector of WebSocket writes its own words behind, for frames without a message.
    """
    own = [one for one in wanted if one.name is None or one.name.startswith(protocol + ".")]
    if any(one.name for one in own):
        wanted = own
    parts = []
    for one in wanted:
        if one.is_malformed:
            parts.append(re.escape(f"{one.name or ''} [malformed]".strip()))
            continue
        said, answers, _ = re.fullmatch(r"(.*?)(, answers #\d+ after [\d.]+ \w+)?()", one.says, re.DOTALL).groups()
        is_cut = answers and said.endswith("..")
        parts.append(re.escape(said[:-2]) + r"[^|]*" if is_cut else re.escape(said))
    return r" \| ".join(parts) + (r"(WebSocket.*)?" if protocol in ("dxos", "peerpigeon") else "")


def decoded(binary, path, protocol):
    """The messages by packet."""
    is_layered = protocol in LAYERED
    out, _ = run(binary, "decode", "-o", "json", *["--layers"] * is_layered, path, statuses=(0, 1))
    lines, _ = run(binary, "decode", *["--layers"] * is_layered, path, statuses=(0, 1))
    said = {int(line[1:].split()[0]): line for line in lines.decode().splitlines() if line.startswith("#")}
    told, latest = {}, {}
    for order, line in enumerate(out.splitlines()):
        record = json.loads(line)
        name, frame, flow = record["message"], record["frames"][-1], record.get("flow")
        latest[flow] = max(frame, latest.get(flow, 0))
        # What never became whole is no message.
        if not name.startswith(LAYERED.get(protocol, protocol + ".")) or name.endswith(".incomplete"):
            continue
        # Wireshark hands on no message of WebSocket that is empty.
        if record["length"] == 0 and record.get("path", "").startswith("websocket/"):
            continue
        # Bytes in which no message begins have no name in tshark either.
        is_none = name.endswith(".malformed")
        fields = {} if is_none else record["fields"]
        ending = r" %d B( in \S+)?( \(\d+ \w+\))?( [\[#].*)?" % record["length"]
        says = re.fullmatch(rf"#\d+ \S+ \S+ > \S+ {re.escape(name)} (.*?){ending}", said[record["n"]])
        if is_layered and not is_none:
            fields["(path)"] = record["path"]
        if "parts" in record:
            fields["(frames)"] = sorted({part["frame"] for part in record["parts"]})
        findings = [re.sub(r" \(bytes? [0-9., ]+\)", "", note["text"]) for note in record.get("notes", [])]
        is_malformed = is_none or any(note["text"].startswith("malformed: ") for note in record.get("notes", []))
        told.setdefault(frame, []).append(Message(
            None if is_none else name, fields, is_malformed, says and says.group(1),
            sorted(one for one in findings if one in FINDINGS), order, is_layered and frame < latest[flow]))
    return told


def placed(ours, names):
    """The messages of decode in the packets in which Wireshark shows these names.

    What waits until the other side has said something is shown where that is said, and decode has it where it stands.
    """
    late = [(number, one) for number in sorted(ours) for one in ours[number] if one.is_late]
    out = {number: [one for one in ours[number] if not one.is_late] for number in ours}
    for number in sorted(names):
        found, own = [], out.get(number, [])
        for name in names[number]:
            fit = [one for one in own[:1] if one.name == name]
            fit += [one for at, one in late if at <= number and one.name == name][:1]
            if not fit:
                break
            found.append(min(fit, key=lambda one: one.order))
            own = [one for one in own if one is not found[-1]]
            late = [(at, one) for at, one in late if one is not found[-1]]
        if found or own:
            out[number] = found + own
    for number, one in late:
        out[number].append(one)
    return {number: messages for number, messages in out.items() if messages}


def header(fields):
    """The fields in front of the first that holds a part of the body."""
    parts = ("peers", "superpeers", "targets", "skipped", "content")
    names = list(fields) if isinstance(fields, dict) else [f[0] for f in fields]
    count = next((i for i, name in enumerate(names) if name in parts), len(names))
    return {n: fields[n] for n in names[:count]} if isinstance(fields, dict) else fields[:count]


def compare(ours, script, path, protocol, home, passes, counts):
    """One capture, dissected in one way; returns how many messages it has."""
    where = " ".join([path.name, *passes])
    seen = 0
    packets = {number: list(messages_of(packet, protocol)) for number, packet in tshark(script, path, home, passes)}
    ours = placed(ours, {number: [name for name, *_ in theirs] for number, theirs in packets.items()})
    infos = dict(columns(script, path, home, passes))
    for number, theirs in packets.items():
        wanted = ours.pop(number, [])
        if [name for name, *_ in theirs] != [one.name for one in wanted]:
            complain(where, f"packet {number}: {[t[0] for t in theirs]}, decode has {[w.name for w in wanted]}")
            continue
        if wanted:
            counts["sentences"] += 1
            if not re.fullmatch(sentences(wanted, protocol), infos.get(number, "")):
                complain(where, f"packet {number}: Info {infos.get(number)!r}, decode says {[w.says for w in wanted]}")
        for (name, fields, faults, findings), one in zip(theirs, wanted):
            mine, is_malformed = one.fields, one.is_malformed
            if name == "rightmesh.fragment":
                fields, mine = header(fields), header(mine)
            seen += 1
            counts["malformed"] += is_malformed
            for line in differences(fields, mine, protocol in ORDERED, counts):
                complain(where, f"packet {number}, {name}: {line}")
            if not is_malformed and name != "rightmesh.fragment":
                counts["findings"] += len(findings)
                if sorted(findings) != one.findings:
                    complain(where, f"packet {number}, {name}: findings {sorted(findings)}, decode: {one.findings}")
            if bool(faults) != is_malformed:
                complain(where, f"packet {number}, {name}: faults {faults}, decode: malformed {is_malformed}")
    if ours:
        complain(where, f"packets {sorted(ours)[:5]}: tshark shows nothing of {protocol}")
    return seen


def compare_clicked(ours, script, path, protocol, home):
    """The names and the Info column, of the packets from the last to the first."""
    shown = dict(clicked(script, path, home, protocol, sorted(ours, reverse=True)))
    ours = placed(ours, {number: names for number, (names, _) in shown.items()})
    for number, (theirs, info) in shown.items():
        wanted = [one.name for one in ours.get(number, [])]
        if theirs != wanted:
            complain(f"{path.name}, sharkd", f"packet {number}: {theirs}, decode has {wanted}")
        elif wanted and not re.fullmatch(sentences(ours[number], protocol), info):
            complain(f"{path.name}, sharkd", f"packet {number}: Info {info!r}")


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    for protocol in sys.argv[2:] or PROTOCOLS:
        counts = {"captures": 0, "messages": 0, "fields": 0, "sentences": 0, "malformed": 0, "findings": 0}
        with tempfile.TemporaryDirectory() as name:
            home = pathlib.Path(name)
            script = home / f"{protocol}.lua"
            script.write_bytes(run(binary, "wireshark", protocol)[0])
            paths = sorted((ROOT / "Captures" / protocol).glob("*.pcap*"))
            made = home / f"{protocol}-made.pcap"
            if conversations.write(made, protocol):
                paths.append(made)
            for expected in ["accept", "refuse"][:1 if protocol in UNCHECKED else 2]:
                paths.append(home / f"{protocol}-vectors-{expected}.pcap")
                conversations.write_vectors(paths[-1], protocol, expected)
            for path in paths:
                ours = decoded(binary, path, protocol)
                for passes in [], ["-2"], ["-2", "-Y", f"meshspec_{protocol}"]:
                    seen = compare(ours, script, path, protocol, home, passes, counts)
                    if not seen:
                        complain(path.name, "no message was compared")
                    counts["messages"] += seen
                compare_clicked(ours, script, path, protocol, home)
                counts["captures"] += 1
        if not counts["messages"]:
            complain(protocol, "nothing was compared")
        print(f"{protocol}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    for line in trouble[:40]:
        print(line, file=sys.stderr)
    print(f"{len(trouble)} complaints")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
