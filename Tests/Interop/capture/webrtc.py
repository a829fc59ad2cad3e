#!/usr/bin/env python3
"""Compares what the decoder finds in WebRTC captures with tshark, and with what the clients of the recorded mesh sent.

    python3 webrtc.py .build/release/meshspec [CAPTURE.pcap ...]

By default: all captures in Captures/webrtc, each with its key log. Compares the types of the DTLS records of each packet; the types of the
SCTP chunks of each record; the labels of the channels; and stream, identifier and size of each message, with the packet that completes it.
tshark decrypts DTLS, but does not dissect SCTP in it: the decrypted bytes go into a capture of SCTP over IP, which tshark reads. Without
the keys, all connections must be in the list. `hub-mesh.json` has the signals of the clients: each must be in the decoded messages of its
sender, of a channel between hubs, and of its receiver, where it arrives once. Without CAPTURE, openssl then sends two texts over DTLS with
each cipher suite of SUITES, and the decoder must decrypt them; tcpdump records them. Needs tshark, tcpdump and openssl in the path, and the
right to capture on loopback. Exits 0 if all agrees, 1 if not.
"""
import collections
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
RECORDS = {"20": "change_cipher_spec", "21": "alert", "22": "handshake", "23": "application_data"}
APPLICATION_DATA = "23"
CHUNKS = {"data": 0, "init": 1, "init_ack": 2, "sack": 3, "heartbeat": 4, "heartbeat_ack": 5, "abort": 6, "shutdown": 7, "shutdown_ack": 8,
          "error": 9, "cookie_echo": 10, "cookie_ack": 11, "shutdown_complete": 14, "re_config": 130, "forward_tsn": 192}
DATA, DCEP = 0, 50
SIGNALS = ("peerpigeon.offer", "peerpigeon.answer", "peerpigeon.ice_candidate")
# Browsers agree on one of the first three; peers with other libraries may choose the others.
SUITES = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-SHA",
          "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM",
          "ECDHE-ECDSA-AES256-CCM", "ECDHE-ECDSA-AES128-CCM8"]
SCTP_OVER_IP, RAW_IP = 132, 101
trouble = []


def complain(where, what):
    trouble.append(f"{where}: {what}")


def tshark(path, fields, *options):
    """A row of lists for each packet, with a value for each occurrence of a field."""
    command = ["tshark", "-n", "-r", path, *options, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        complain(path, f"tshark: {done.stderr[-300:]}")
    return [[column.split(",") if column else [] for column in line.split("\t")] for line in done.stdout.splitlines()]


def decode(binary, path, *options):
    done = subprocess.run([binary, "decode", "-o", "json", *options, path], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        complain(path.name, f"decode: {done.returncode} {done.stderr[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def as_sctp(records, path):
    """Writes the bytes of these records as SCTP over IP. Each end has an address of its own, for all use the same ports."""
    addresses = {}

    def address(end):
        return addresses.setdefault(end, bytes([10, 0, 0, 1 + len(addresses)]))

    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 16, RAW_IP))
        for number, (_, source, destination, content) in enumerate(records):
            head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(content), 0, 0, 64, SCTP_OVER_IP, 0, address(source), address(destination))
            packet = head + content
            file.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


def chunks_of(content):
    """The DATA chunks of a packet of SCTP: TSN, whether it begins and ends a message, stream, identifier and size."""
    at = 12
    while at + 4 <= len(content):
        kind, flags, length = struct.unpack_from(">BBH", content, at)
        if kind == DATA:
            tsn, stream, _, identifier = struct.unpack_from(">IHHI", content, at + 4)
            yield tsn, bool(flags & 2), bool(flags & 1), stream, identifier, length - 16
        at += max(4, length + 3 & ~3)


def messages_of(records):
    """Packet, source, stream, identifier and size of each message, once it is complete."""
    parts, out = collections.defaultdict(dict), []
    for frame, source, destination, content in records:
        for tsn, *chunk in chunks_of(content):
            known = parts[source, destination]
            if tsn in known:
                continue
            known[tsn] = chunk
            first, last = tsn, tsn
            while first in known and not known[first][0]:
                first -= 1
            while last in known and not known[last][1]:
                last += 1
            if first in known and last in known:
                whole = [known[n] for n in range(first, last + 1)]
                size = sum(part[4] for part in whole)
                # An empty message is sent as one byte, which does not belong to it (RFC 8831).
                out.append((frame, source, chunk[2], chunk[3], 0 if chunk[3] in (56, 57) else size))
    return out


def layers(where, path, ours, options):
    """Compares the layers, and returns the number of messages of channels."""
    fields = ["frame.number", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "dtls.record.content_type", "data.data"]
    theirs, records = collections.defaultdict(list), []
    for frame, source, source_port, destination, destination_port, types, contents in tshark(path, fields, *options, "-Y", "dtls && !icmp"):
        frame = int(frame[0])
        theirs[frame] = [RECORDS[kind] for kind in types]
        if types.count(APPLICATION_DATA) != len(contents):
            complain(where, f"packet {frame}: tshark decrypts {len(contents)} of {types.count(APPLICATION_DATA)} records")
        for content in contents:
            records.append((frame, f"{source[0]}:{source_port[0]}", f"{destination[0]}:{destination_port[0]}", bytes.fromhex(content)))
    mine = collections.defaultdict(list)
    for record in ours:
        if record["message"] == "dtls.record":
            mine[record["frames"][0]].append(record["fields"]["type"])
    if mine != theirs:
        complain(where, f"records of packets {[n for n in sorted(mine.keys() | theirs.keys()) if mine[n] != theirs[n]][:5]} differ")

    with tempfile.TemporaryDirectory() as folder:
        plain = pathlib.Path(folder, "sctp.pcap")
        as_sctp(records, plain)
        rows = tshark(plain, ["sctp.chunk_type", "rtcdc.label"])
    theirs = [(record[0], [int(kind) for kind in row[0]]) for record, row in zip(records, rows, strict=True)]
    labels = [(record[0], label) for record, row in zip(records, rows) for label in row[1]]
    mine = [(r["frames"][0], [CHUNKS[c["type"]] for c in r["fields"]["chunks"]]) for r in ours if r["message"] == "sctp.packet"]
    if mine != theirs:
        complain(where, f"chunks: {[pair for pair in zip(mine, theirs) if pair[0] != pair[1]][:3]}, {len(mine)} and {len(theirs)} packets")
    mine = [(r["frames"][0], r["fields"]["label"]) for r in ours if r["message"] == "dcep.open"]
    if mine != labels or not labels:
        complain(where, f"labels: {mine}, tshark has {labels}")

    theirs = sorted((f, source, stream, size) for f, source, stream, kind, size in messages_of(records) if kind != DCEP)
    mine = sorted((r["frames"][-1], r["src"], int(r["path"].split("/")[2][1:]), r["length"]) for r in ours
                  if r.get("path", "").startswith("dtls/sctp/#") and not r.get("path", "").endswith("/dcep"))
    if mine != theirs:
        complain(where, f"messages: only ours {sorted(set(mine) - set(theirs))[:3]}, only tshark's {sorted(set(theirs) - set(mine))[:3]}")
    chunks = sum(len(row[0]) for row in rows)
    print(f"{where}: {len(records)} encrypted records, {chunks} chunks, {len(labels)} channels and {len(theirs)} messages as tshark has them")


def without_keys(where, path, ours):
    """Each connection of DTLS is in the list, by its two ends."""
    theirs = {tuple(sorted((f"{a[0]}:{p[0]}", f"{b[0]}:{q[0]}"))) for a, p, b, q in
              tshark(path, ["ip.src", "udp.srcport", "ip.dst", "udp.dstport"], "-Y", "dtls.handshake.type == 1")}
    for message in ("dtls.client_hello", "tls.server_hello"):
        mine = {tuple(sorted((r["src"], r["dst"]))) for r in ours if r["message"] == message}
        if mine != theirs or not mine:
            complain(where, f"without keys, {message} of {sorted(mine)}, tshark has {sorted(theirs)}")
    carried = [r["n"] for r in ours if r.get("path", "").startswith("dtls/sctp")]
    if carried:
        complain(where, f"without keys, messages {carried[:3]} of channels are shown")


def sent(where, path, ours):
    """Each signal of the clients is where it was sent, on a channel, and where it arrived."""
    told = json.loads(path.read_text())
    seen = collections.defaultdict(collections.Counter)
    for record in ours:
        fields = record["fields"]
        is_on_channel = record.get("path", "").startswith("dtls/sctp/#")
        if record["message"] == "peerpigeon.client_signal_relay":
            signal, way = fields["signalData"], "channel" if is_on_channel else "hub socket"
        elif record["message"] in SIGNALS and not is_on_channel:
            signal, way = fields, "arrived" if "fromPeerId" in fields else "sent"
        else:
            continue
        text = json.dumps(signal.get("data"), sort_keys=True)
        seen[hashlib.sha256(text.encode()).hexdigest()[:16]][way, signal["type"], signal["targetPeerId"]] += 1
    counts = collections.Counter()
    for signal in told["signals"]:
        key = signal["type"], signal["to"]
        ways = {way: seen[signal["sha256"]][way, *key] for way in ("sent", "channel", "hub socket", "arrived")}
        # Both clients send equal data, with different targets.
        if ways["sent"] != 1 or ways["arrived"] != 1 or not ways["channel"] and not ways["hub socket"]:
            complain(where, f"a signal is missing or repeated: {signal} {ways}")
        if signal["when"] != "before migration" and (not ways["channel"] or ways["hub socket"]):
            complain(where, f"a signal is not on channels alone: {signal} {ways}")
        counts.update(ways)
    if counts["sent"] != len(told["signals"]) or not counts["channel"]:
        complain(where, f"counts: {counts}")
    print(f"{where}: {counts['sent']} signals of clients arrive once, after {counts['channel']} hops on channels between hubs")


def talk(suite, folder, port):
    """openssl sends a text of 16 bytes in each direction. Returns the paths of the capture and of the key log."""
    capture, keys = folder / f"{suite}.pcap", folder / f"{suite}.keys"
    recorder = subprocess.Popen(["tcpdump", "-i", "lo", "--immediate-mode", "-U", "-w", capture, f"udp port {port}"], stderr=subprocess.PIPE, text=True)
    for line in recorder.stderr:
        if "listening on" in line:
            break
    cipher = ["-dtls1_2", "-cipher", f"{suite}@SECLEVEL=0"]
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    server = subprocess.Popen(["openssl", "s_server", *cipher, "-accept", f"127.0.0.1:{port}", "-cert", folder / "certificate.pem", "-key",
                               folder / "key.pem", "-keylogfile", keys], **quiet)
    for line in server.stdout:
        if "ACCEPT" in line:
            break
    client = subprocess.Popen(["openssl", "s_client", *cipher, "-connect", f"127.0.0.1:{port}"], **quiet)
    for program, text, other in ((client, "from the client\n", server), (server, "from the server\n", client)):
        program.stdin.write(text)
        program.stdin.flush()
        for line in other.stdout:
            if line == text:
                break
    for program in (client, server):
        program.kill()
        program.wait()
    # The recorder may still read the last packet.
    time.sleep(0.5)
    recorder.terminate()
    recorder.wait()
    return capture, keys


def suites(binary):
    """The decoder reads the decrypted texts as SCTP: its four numbers are their beginning."""
    good = 0
    with tempfile.TemporaryDirectory(prefix="dtls") as folder:
        folder = pathlib.Path(folder)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                        folder / "key.pem", "-out", folder / "certificate.pem", "-subj", "/CN=test"], check=True, capture_output=True)
        for number, suite in enumerate(SUITES):
            capture, keys = talk(suite, folder, 44330 + number)
            packets = [r["fields"] for r in decode(binary, capture, "--keylog", keys) if r["message"] == "sctp.packet"]
            # The checksum is little-endian.
            texts = [struct.pack("!HHI", p["source_port"], p["destination_port"], p["verification_tag"])
                     + struct.pack("<I", p["checksum"]) for p in packets]
            if texts != [b"from the cli", b"from the ser"]:
                complain(suite, f"the decoder finds {texts}")
            good += texts == [b"from the cli", b"from the ser"]
    print(f"DTLS: {good} of {len(SUITES)} cipher suites are decrypted")


def main():
    binary, *paths = sys.argv[1:]
    paths = [pathlib.Path(p) for p in paths] or sorted((ROOT / "Captures" / "webrtc").glob("*.pcap"))
    for path in paths:
        keys = path.with_suffix(".keys")
        ours = decode(binary, path, "--layers", "--keylog", keys)
        layers(path.name, path, ours, ["-o", f"tls.keylog_file:{keys}"])
        without_keys(path.name, path, decode(binary, path, "--layers"))
        if path.stem == "hub-mesh":
            sent(path.name, path.with_suffix(".json"), ours)
    if not paths:
        complain("all", "there is no capture")
    if len(sys.argv) == 2:
        suites(binary)
    for line in trouble[:50]:
        print(f"FAILED {line}")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
