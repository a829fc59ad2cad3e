#!/usr/bin/env python3
"""Holds what the decoder makes of captures against what others make of them.

    python3 crosscheck.py .build/release/meshspec

Against tshark, with reordering on: packets, TCP streams and bytes of payload in each direction of each, for every file
in Captures and every generated one; the bytes themselves for those in Captures; and the fields of the Nano messages that
tshark's own dissector knows, on a capture that splits none, for it loses those. Against the manifests of generators: messages by
type, packets, bytes, streams with the CRC of their bytes, with reordering, retransmission and splitting; for datagrams
of RMPX messages that take one or several, each told once, with their records, and those that never are whole. Of captures
that lack segments: every message that they hold whole is told, none is that was not sent, and what is missing is told as
gaps. And a million connections must not take more memory than is stated. Wants tshark in the path. Exits 0 when all is so, 1 when not.
"""

import collections
import csv
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# Arguments of nano_gen.py.
WHOLE = {
    "full": "--mb 8 --flows 64 --seed 1",
    "clean": "--mb 3 --clean --seed 2",
    "rough": "--mb 4 --loss 0.05 --reorder 0.1 --split 0.5 --seed 3",
    "chopped": "--mb 2 --clean --split 1 --seed 4",
    "classic": "--mb 4 --mix classic --seed 5",
    "many": "--mb 4 --flows 2000 --seed 6",
}
LOSSY = {
    "drop1": "--mb 4 --drop 0.01 --loss 0 --seed 11",
    "drop5": "--mb 4 --drop 0.05 --loss 0.02 --reorder 0.02 --seed 12",
    "drop30": "--mb 2 --drop 0.3 --loss 0.1 --flows 8 --seed 13",
}
# Arguments of rmpx_gen.py.
MESH = {
    "mesh": "--mb 8 --seed 21",
    "mesh-clean": "--mb 3 --clean --seed 22",
    "mesh-rough": "--mb 6 --loss 0.05 --reorder 0.1 --flows 8 --seed 23",
    "mesh-cut": "--mb 4 --mtu 1500 --seed 24",
    "mesh-large": "--mb 6 --largest 20000 --loss 0.02 --seed 25",
}
# Connections of protocols that the program does not have, such as a plain GET: how many of them each capture holds.
OTHERS = {
    "dxos-signal-go-behaviour.pcap": 1, "dxos-signal-two-peers.pcap": 1, "peerpigeon-node.pcap": 1,
    "peerpigeon-one-hub.pcap": 2, "peerpigeon-three-hubs.pcap": 2,
}
trouble = []


def complain(where, what):
    trouble.append(f"{where}: {what}")


def run(*command, statuses=(0,)):
    done = subprocess.run([str(c) for c in command], capture_output=True, timeout=600)
    if done.returncode not in statuses:
        complain(" ".join(str(c) for c in command[:4]), f"status {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout.decode()


def tshark(path, *fields, chosen=None, options=()):
    """A row of texts for each packet."""
    command = ["tshark", "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", path, *options, "-T", "fields"]
    command += ["-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,"]
    if chosen:
        command += ["-Y", chosen]
    for f in fields:
        command += ["-e", f]
    return [line.split("\t") for line in run(*command).splitlines()]


def union(ranges):
    """Bytes that the ranges hold, each counted once."""
    total, at = 0, None
    for start, stop in sorted(ranges):
        at = start if at is None else at
        total += max(0, stop - max(at, start))
        at = max(at, stop)
    return total


def all_records(binary, path, statuses=(0,)):
    """Of each record, in their order: flow, source, message, offset, length; and whether its bytes are those of the
    connection, rather than what a layer carries."""
    text = run(binary, "decode", "--layers", "-o", "fields=flow,src,message,offset,length,path", path, statuses=statuses)
    for flow, source, message, offset, length, layers in list(csv.reader(text.splitlines(), delimiter="\t"))[1:]:
        yield (int(flow), source, message, int(offset), int(length)), "/" not in layers


def records(binary, path, statuses=(0,)):
    """Those of the connections themselves."""
    return [record for record, is_lowest in all_records(binary, path, statuses) if is_lowest]


def payloads(binary, path):
    """Of each record the payload of a WebSocket frame as it stands on the wire, else nothing."""
    text = run(binary, "decode", "--layers", "-o", "fields=websocket.frame.masking_key,websocket.frame.payload", path)
    for line in text.splitlines()[1:]:
        key, payload = (bytes.fromhex(value) for value in line.split("\t"))
        keys = int.from_bytes((key * (len(payload) // 4 + 1))[: len(payload)] if key else bytes(len(payload)))
        yield (int.from_bytes(payload) ^ keys).to_bytes(len(payload))


def bytes_of_streams(binary, path):
    """The bytes of each direction of each stream, out of the annotated bytes of its messages. What these leave out of a
    long field comes from the field itself: one of a WebSocket frame, whose payload is its last."""
    flows, contents = all_records(binary, path), payloads(binary, path)
    out, current, content = {}, None, b""
    for line in run(binary, "decode", "--layers", "-o", "hex", path).splitlines():
        if line.startswith("#"):
            (flow, source, _, offset, length), is_lowest = next(flows)
            content = next(contents)
            current = out.setdefault((flow, source), bytearray()) if is_lowest else bytearray()
            if is_lowest and offset != len(current):
                complain(path.name, f"flow {flow}: a record at {offset}, {len(current)} bytes before it")
        elif found := re.match(r"  [0-9a-f]{4,}  ((?:[0-9a-f]{2} )+)", line):
            current += bytes.fromhex(found.group(1))
        elif (found := re.fullmatch(r"  \.\.\.   (\d+) more bytes", line)) and is_lowest:
            count = int(found.group(1))
            shown = len(content) - count
            if shown <= 0 or current[-shown:] != content[:shown]:
                complain(path.name, f"flow {flow}: {count} bytes are left out at {len(current)}, and are of no frame")
            current += content[-count:]
    return out


def refusals(binary, path, statuses):
    """Connections whose upgrade to WebSocket was refused: behind the head of the response comes HTTP, which the program
    does not have."""
    fields = "fields=flow,websocket.upgrade_response.status"
    text = run(binary, "decode", "--layers", "-Y", "websocket.upgrade_response", "-o", fields, path, statuses=statuses)
    return {int(flow) for flow, status in (line.split("\t") for line in text.splitlines()[1:]) if status != "101"}


def check_plumbing(binary, path, statuses=(0,)):
    """Packets, streams, payload."""
    rows = tshark(path, "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "tcp.seq", "tcp.len")
    told = json.loads(run(binary, "stats", "-o", "json", path, statuses=statuses))
    if told["packets"] != len(rows):
        complain(path.name, f"{told['packets']} packets, tshark has {len(rows)}")
    theirs = collections.defaultdict(list)
    streams = set()
    for stream, v4, v6, port, sequence, length in rows:
        if not stream:
            continue
        streams.add(int(stream))
        if int(length):
            source = f"{v4}:{port}" if v4 else f"[{ipaddress.ip_address(v6)}]:{port}"
            theirs[int(stream) + 1, source].append((int(sequence), int(sequence) + int(length)))
    if told["flows"] != len(streams):
        complain(path.name, f"{told['flows']} streams, tshark has {len(streams)}")
    theirs = {key: union(ranges) for key, ranges in theirs.items()}
    total = sum(theirs.values())
    ours = collections.Counter()
    for flow, source, _, _, length in records(binary, path, statuses):
        ours[flow, source] += length
    others = {flow for flow, _ in theirs} - {flow for flow, _ in ours}
    if len(others) != OTHERS.get(path.name, 0):
        complain(path.name, f"{len(others)} connections without a record, expected {OTHERS.get(path.name, 0)}")
    unexplained = sum(length for (flow, _), length in theirs.items() if flow in others)
    # The bytes themselves are compared by check_content.
    refused = refusals(binary, path, statuses)
    for key in [key for key in theirs if key[0] in refused and theirs[key] > ours[key]]:
        unexplained += theirs[key] - ours[key]
        del theirs[key], ours[key]
    if unexplained > told["payload"]["total"] - told["payload"]["explained"]:
        complain(path.name, f"{unexplained} bytes are of other protocols, and are told as explained: {told['payload']}")
    for key in sorted(set(theirs) | set(ours)):
        if key[0] in others:
            continue
        if theirs.get(key, 0) != ours[key]:
            complain(path.name, f"flow {key[0]} from {key[1]}: {ours[key]} bytes, tshark has {theirs.get(key, 0)}")
    if told["payload"]["total"] != total:
        complain(path.name, f"{told['payload']['total']} bytes of payload, tshark has {total}")
    return told


def check_content(binary, path):
    """The bytes of all streams as tshark follows them."""
    count = len({row[0] for row in tshark(path, "tcp.stream") if row[0]})
    ours = bytes_of_streams(binary, path)
    told = {flow for flow, _ in ours}
    seen = 0
    for stream in range(count):
        text = run("tshark", "-n", "-q", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", path, "-z", f"follow,tcp,raw,{stream}")
        nodes = re.findall(r"^Node [01]: (.*)$", text, re.M)
        sides = [bytearray(), bytearray()]
        for line in text.splitlines():
            if re.fullmatch(r"\t?(?:[0-9a-f]{2})+", line):
                sides[line.startswith("\t")] += bytes.fromhex(line.strip())
        for node, side in zip(nodes, sides):
            seen += len(side)
            if stream + 1 not in told:
                continue
            mine = ours.pop((stream + 1, node if node.count(":") == 1 else "[%s]:%s" % tuple(node.rsplit(":", 1))), b"")
            if bytes(mine) != bytes(side):
                complain(path.name, f"stream {stream} from {node}: other bytes than tshark's ({len(mine)}, {len(side)})")
    if ours or seen == 0:
        complain(path.name, f"streams that tshark does not have: {list(ours)}; {seen} bytes compared")
    return seen


def check_manifest(binary, path):
    """Nothing lacks: all is exactly as it was written."""
    manifest = json.loads(pathlib.Path(f"{path}.json").read_text())
    told = check_plumbing(binary, path)
    wanted = {
        "packets": manifest["packets"],
        "bytes": manifest["file_bytes"] - 24 - 16 * manifest["packets"],
        "flows": manifest["flows"],
        "messages": {f"nano.{k}": v for k, v in manifest["by_type"].items()},
        "malformed": 0,
        "unknown": 0,
        "payload": {"total": manifest["message_bytes"], "explained": manifest["message_bytes"]},
    }
    for key, value in wanted.items():
        if told[key] != value:
            complain(path.name, f"{key}: {told[key]} instead of {value}")
    ours = bytes_of_streams(binary, path)
    # A client's port is its own; the numbers of flows are in the order of their first packets.
    flow_of = {source: flow for flow, source in ours}
    for i, stream in enumerate(manifest["streams"]):
        mine = ours.pop((flow_of.get(manifest["streams"][i & ~1]["from"]), stream["from"]), b"")
        if "%08x" % zlib.crc32(mine) != stream["stream_crc32"] or len(mine) != stream["stream_bytes"]:
            complain(path.name, f"bytes from {stream['from']} to {stream['to']} are not those that were sent")
    if ours:
        complain(path.name, f"streams that nobody sent: {list(ours)[:3]}")
    return manifest["messages"]


def check_datagrams(binary, path, statuses=(0,)):
    """Packets and payload of a capture that has UDP, and perhaps TCP beside it."""
    columns = ("udp.length", "icmp.type", "tcp.stream", "tcp.srcport", "tcp.seq", "tcp.len")
    rows = tshark(path, *columns, options=("-o", "ip.defragment:TRUE"))
    # ICMP quotes the head of a datagram.
    theirs = sum(sum(int(n) - 8 for n in row[0].split(",")) for row in rows if row[0] and not row[1])
    segments = collections.defaultdict(list)
    for _, _, stream, port, sequence, length in rows:
        if stream and int(length):
            segments[stream, port].append((int(sequence), int(sequence) + int(length)))
    theirs += sum(union(ranges) for ranges in segments.values())
    told = json.loads(run(binary, "stats", "-o", "json", path, statuses=statuses))
    if told["packets"] != len(rows):
        complain(path.name, f"{told['packets']} packets, tshark has {len(rows)}")
    if told["payload"]["total"] != theirs:
        complain(path.name, f"{told['payload']['total']} bytes of payload, tshark has {theirs}")
    return told


def check_mesh(binary, path):
    """Datagrams of RMPX: messages that are whole, each once, and those that never are."""
    manifest = json.loads(pathlib.Path(f"{path}.json").read_text())
    detail = collections.Counter(manifest["detail"])
    told = check_datagrams(binary, path)
    new, again, doubled, datagrams, records_, payload = collections.Counter(), 0, 0, 0, 0, 0
    for line in run(binary, "decode", "-o", "json", path).splitlines():
        record = json.loads(line)
        notes = [n["text"] for n in record["notes"]]
        kind = record["message"].removeprefix("rightmesh.")
        if any(n["severity"] == "violation" for n in record["notes"]):
            complain(path.name, f"record {record['n']}: {notes}")
        is_again = any(n.startswith("said again") for n in notes)
        doubled += "this fragment was there already" in notes
        if kind != "incomplete" and "parts" not in record:
            datagrams += 1
            again += is_again
            payload += record["length"]
        if kind == "fragment" or is_again:
            continue
        new[kind] += 1
        if kind != "incomplete":
            body = record["length"] - 72
            if body != record["fields"]["body_len"]:
                complain(path.name, f"record {record['n']} has {body} bytes")
            for section in ("peers", "superpeers", "targets"):
                records_ += len(record["fields"].get(section, {}).get("records", []))
            if "parts" in record and sum(p["length"] for p in record["parts"]) != record["length"] - 4:
                complain(path.name, f"record {record['n']}: its parts are not all of it but frag_index and frag_len")
    wanted = {
        "packets": (manifest["packets"], told["packets"]),
        "datagrams": (detail["datagrams"], datagrams),
        "bytes of them": (detail["datagram_bytes"], payload),
        "explained": (detail["datagram_bytes"], told["payload"]["explained"]),
        "flows": (manifest["flows"], told["flows"]),
        "messages": ({k.lower(): v for k, v in manifest["by_type"].items()}, {k: v for k, v in new.items() if k != "incomplete"}),
        "incomplete": (detail["incomplete"], new["incomplete"]),
        "datagrams that came again": (detail["duplicate_datagrams"], again + doubled),
        "records": (detail["records"], records_),
        "malformed": (0, told["malformed"]),
    }
    for key, (value, found) in wanted.items():
        if found != value:
            complain(path.name, f"{key}: {found} instead of {value}")
    return manifest["messages"]


def overlaps(start, stop, ranges):
    return any(a < stop and start < b for a, b in ranges)


def check_lossy(binary, path):
    """What was lost is told as lost, what was not is there, and nothing else."""
    manifest = json.loads(pathlib.Path(f"{path}.json").read_text())
    told = check_plumbing(binary, path, statuses=(1,))
    found = collections.defaultdict(list)
    flows = collections.defaultdict(set)
    for flow, source, message, offset, length in records(binary, path, statuses=(1,)):
        found[flow, source].append((message.removeprefix("nano."), offset, length))
        flows[source].add(flow)
    whole = lost = gaps = gap_bytes = 0
    for client, server in zip(manifest["streams"][::2], manifest["streams"][1::2]):
        # A client's port is its own.
        (flow,) = flows[client["from"]] or {0}
        for stream in (client, server):
            mine = found.pop((flow, stream["from"]), [])
            sent = {tuple(m) for m in stream["messages"]}
            there = {m for m in sent if not overlaps(m[1], m[1] + m[2], stream["missing"])}
            good = {m for m in mine if m[0] not in ("incomplete", "malformed")}
            whole += len(good)
            lost += len(sent) - len(there)
            where = f"{path.name}: from {stream['from']} to {stream['to']}"
            for m in sorted(good - there):
                complain(where, f"{m[0]} of {m[2]} bytes at {m[1]} was not sent, or not captured whole")
            for m in sorted(there - good):
                complain(where, f"{m[0]} of {m[2]} bytes at {m[1]} was captured whole and is not told")
            rest = [m for m in mine if m not in good]
            for m in rest:
                if m[0] != "incomplete":
                    complain(where, f"{m[2]} bytes at {m[1]} are called {m[0]}, which a gap explains")
                elif m[2] == 0 and any(stop == m[1] for _, stop in stream["missing"]):
                    # Nothing follows that could carry the note.
                    continue
                elif not any(overlaps(m[1], m[1] + m[2], [(a, a + n)]) for _, a, n in sent - there):
                    complain(where, f"{m[2]} bytes at {m[1]} are called incomplete, which a gap does not explain")
            if any(overlaps(a, a + n, [g]) for _, a, n in mine for g in stream["missing"]):
                complain(where, "bytes that were not captured are in a record")
            gaps += len(stream["missing"])
            gap_bytes += sum(b - a for a, b in stream["missing"])
    if found:
        complain(path.name, f"records of streams that are none: {list(found)[:3]}")
    if not lost or whole < manifest["messages"] / 4:
        complain(path.name, f"proves nothing: {whole} messages, {lost} lost")
    noted = subprocess.run([binary, "stats", path], capture_output=True, text=True).stderr
    if f"{gap_bytes} bytes of the conversations are missing from the capture, in {gaps} places" not in noted:
        complain(path.name, f"{gap_bytes} bytes are missing in {gaps} places, and are not told so: {noted[-300:]}")
    return whole


KINDS = {
    "keepalive": 2, "publish": 3, "confirm_req": 4, "confirm_ack": 5, "bulk_pull": 6, "bulk_push": 7, "frontier_req": 8,
    "node_id_handshake": 10,
}
BLOCKS = {"not_a_block": 1, "send": 2, "receive": 3, "open": 4, "change": 5, "state": 6}
BLOCK_FIELDS = {
    "previous": "hash_previous", "source": "hash_source", "destination": "destination_account", "balance": "balance",
    "account": "account", "representative": "representative_account", "link": "link", "signature": "signature",
}
FIELDS = ["magic_number", "version_max", "version_using", "version_min", "packet_type", "extensions", "extensions.block_type"]
FIELDS += ["keepalive.peer_ip", "keepalive.peer_port", "vote.account", "vote.signature", "vote.sequence"]
FIELDS += [f"block.{name}" for name in BLOCK_FIELDS.values()] + ["block.work"]
FIELDS += ["bulk_pull.account", "bulk_pull_block.hash_end", "frontier_req.account", "frontier_req.age", "frontier_req.count"]
FIELDS += ["frontier.account", "frontier.head_hash", "bulk_pull.block_type", "bulk_push.block_type"]


def as_tshark(message, fields, is_push):
    """The fields of one of our messages as tshark names and writes them."""
    out = collections.defaultdict(list)

    def block(inner):
        for name, value in inner.items():
            if name == "work":
                # A number to us, bytes to tshark: the last kind of block has them the other way about.
                order = "big" if inner is fields.get("state") else "little"
                out["block.work"].append(int(value).to_bytes(8, order).hex())
            else:
                out[f"block.{BLOCK_FIELDS[name]}"].append(value)

    if "network" in fields:
        out["magic_number"] = {"live": ["RC"], "beta": ["RB"], "test": ["RX"], "dev": ["RA"]}[fields["network"]]
        for name in ("version_max", "version_using", "version_min"):
            out[name] = [str(fields[name])]
        out["packet_type"] = [str(KINDS[fields["type"]])]
        out["extensions"] = ["0x%04x" % fields["extensions"]]
        out["extensions.block_type"] = ["0x%04x" % (fields["extensions"] >> 8 & 15)]
    for peer in fields.get("peers", []):
        out["keepalive.peer_ip"].append(peer["address"])
        out["keepalive.peer_port"].append(str(peer["port"]))
    if message == "nano.confirm_ack":
        out["vote.account"], out["vote.signature"] = [fields["account"]], [fields["signature"]]
        out["vote.sequence"] = [str(fields["packed_timestamp"])]
    if message == "nano.bulk_pull":
        out["bulk_pull.account"], out["bulk_pull_block.hash_end"] = [fields["start"]], [fields["end"]]
    if message == "nano.frontier_req":
        out["frontier_req.account"] = [fields["start"]]
        for name in ("age", "count"):
            out[f"frontier_req.{name}"] = ["0x%08x" % fields[name]]
    if message == "nano.frontier":
        out["frontier.account"], out["frontier.head_hash"] = [fields["account"]], [fields["hash"]]
    if message == "nano.bulk_block":
        name = "bulk_push" if is_push else "bulk_pull"
        out[f"{name}.block_type"].append("0x%02x" % BLOCKS[fields["type"]])
    for kind in list(BLOCKS)[1:]:
        if kind in fields:
            block(fields[kind])
    return out


def same(name, ours, theirs):
    if name == "keepalive.peer_ip":
        return [bytes.fromhex(a) for a in ours] == [ipaddress.IPv6Address(b).packed for b in theirs]
    return ours == theirs


def check_fields(binary, path):
    """The fields that tshark's own dissector tells."""
    decoded = [json.loads(line) for line in run(binary, "decode", "-o", "json", path).splitlines()]
    columns = ["frame.number", "tcp.stream"] + [f"nano.{name}" for name in FIELDS]
    told = collections.Counter()

    def compare(where, wanted, row):
        for name, text in zip(FIELDS, row):
            theirs = text.split(",") if text else []
            if not same(name, wanted.get(name, []), theirs):
                complain(where, f"{name}: {wanted.get(name, [])[:3]}, tshark has {theirs[:3]}")
            told[name] += len(theirs)

    # Messages of peers: one in a datagram.
    peers = [r for r in decoded if r["fields"].get("type") in ("keepalive", "publish", "confirm_req", "confirm_ack")]
    datagrams = tshark(f"{path}.datagrams", *columns, chosen="nano")
    if len(peers) != len(datagrams):
        complain(path.name, f"{len(peers)} messages of peers, tshark has {len(datagrams)}")
    for record, row in zip(peers, datagrams):
        compare(f"{path.name}: record {record['n']}", as_tshark(record["message"], record["fields"], False), row[2:])
    # Bootstrap: all that comes in a frame, in its order.
    frames = collections.defaultdict(lambda: collections.defaultdict(list))
    pushes = {r["flow"] for r in decoded if r["message"] == "nano.bulk_push"}
    for record in decoded:
        if record in peers:
            continue
        for name, values in as_tshark(record["message"], record["fields"], record["flow"] in pushes).items():
            frames[record["frames"][-1]][name] += values
    rows = {int(row[0]): row[2:] for row in tshark(path, *columns, chosen="nano")}
    for frame, wanted in frames.items():
        compare(f"{path.name}: frame {frame}", wanted, rows.get(frame, [""] * len(FIELDS)))
    missing = [name for name in FIELDS if not told[name]]
    if missing:
        complain(path.name, f"tshark tells no {missing}")
    return sum(told.values())


def check_idle(binary):
    """A million connections take no more than is stated for each."""
    rows = [json.loads(line) for line in run(binary + "-bench", "--json", "idle").splitlines()]
    for row in rows:
        if not 0 < float(row["figure"]) <= float(row["limit"]):
            complain(row["row"], f"{row['figure']} {row['unit']} of a million, stated are {row['limit']}")
    if len(rows) != 2:
        complain("bench idle", f"{len(rows)} rows")
    return ", ".join(f"{row['row']}: {row['figure']} {row['unit']}" for row in rows)


def generate(name, arguments, folder, program="nano_gen.py"):
    path = folder / f"{name}.pcap"
    run(sys.executable, HERE / "gen" / program, path, *arguments.split())
    return path


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    # The captures of cases/ have bytes that hold no message.
    captures = sorted(p for p in (ROOT / "Captures").rglob("*")
                      if p.suffix in (".pcap", ".pcapng") and p.parent.name != "cases")
    content = 0
    for path in captures:
        if path.parent.name in ("rightmesh", "mdns", "webrtc"):
            check_datagrams(binary, path)
            continue
        check_plumbing(binary, path)
        # Records of a layer that took the place of another one have offsets from where that happened, and long fields of
        # Noise are not shown whole: GossipsubCaptureTests, KadCaptureTests and HostsOnDHTTests look at those messages.
        if path.parent.name not in ("gossipsub", "kad") and path.stem != "dxos-hosts-dht":
            content += check_content(binary, path)
    print(f"{len(captures)} captures as tshark has them, {content} bytes of streams the same")
    messages = whole = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for name, arguments in WHOLE.items():
            path = generate(name, arguments, folder)
            run(sys.executable, HERE / "gen/verify.py", path)
            messages += check_manifest(binary, path)
        print(f"{len(WHOLE)} generated captures, {messages} messages as their manifests have them")
        mesh = 0
        for name, arguments in MESH.items():
            mesh += check_mesh(binary, generate(name, arguments, folder, "rmpx_gen.py"))
        print(f"{len(MESH)} generated captures of datagrams, {mesh} messages as their manifests have them")
        for name, arguments in LOSSY.items():
            whole += check_lossy(binary, generate(name, arguments, folder))
        print(f"{len(LOSSY)} captures that lack packets: {whole} messages, none too many and none too few")
        old = generate("old", "--messages 2000", folder, "nano_old_gen.py")
        check_plumbing(binary, old)
        print(f"{check_fields(binary, old)} fields as tshark has them")
    print(check_idle(binary))
    if not captures or messages < 10000 or whole < 1000 or mesh < 3000:
        complain("all", "too little was compared")
    for line in trouble[:50]:
        print(line, file=sys.stderr)
    print(f"{len(trouble)} complaints")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
