#!/usr/bin/env python3
"""Records the captures of Captures/websocket on the loopback interface, and writes what a decoder of its own finds in each.

    python3 record.py MESHSPEC FOLDER [NAME...]

Wants tcpdump and the right to capture, and what interop.py wants. Two ends of NAME talk: a connection for each check of
peers/peer.py; of a relay, what peers/room.py does. NAME.json has the frames of both directions of each connection as this program reads them, which has no code in
common with meshspec: it must find that the payloads of one direction, in the clear, are those of the other one, since servers
send back what they hear.
"""

import json
import pathlib
import signal
import struct
import subprocess
import sys
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = ["text of 0", "text of 1", "text of 126", "binary of 125", "text in fragments", "ping", "ping inside a message",
          "close 1001", "close 4999"]
PORT = 19001
TALKS = {  # name: (server, client, whether both compress)
    "websockets-to-ws": ("ws", "websockets", False),
    "ws-to-websockets-deflate": ("websockets", "ws", True),
    "websockets-to-meshspec-deflate": ("meshspec", "websockets", True),
    "ws-to-meshspec": ("meshspec", "ws", False),
    "relay": ("meshspec", "room", False),
    "relay-deflate": ("meshspec", "room", True),
}


def command(who, binary, deflate, role):
    word = "on" if deflate else "off"
    if role == "relay" or who == "meshspec":
        kind = ["--role", "relay"] if role == "relay" else []
        return [binary, "node", "websocket", "--listen", f"127.0.0.1:{PORT}", "-P", f"deflate={word}"] + kind
    if who == "room":
        return [sys.executable, HERE / "peers/room.py", str(PORT), "--deflate", word]
    only = ",".join(CHECKS)
    if who == "ws":
        return ["node", HERE / "peers/peer.js", role, str(PORT), word] + ([only] if role != "echo" else [])
    return [sys.executable, HERE / "peers/peer.py", role, str(PORT), "--deflate", word, "--only", only]


def record(name, binary, folder):
    server, client, deflate = TALKS[name]
    file = folder / f"{name}.pcap"
    tap = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-w", file, f"tcp port {PORT}"], stderr=subprocess.PIPE, text=True)
    tap.stderr.readline()
    is_relay = client == "room"
    listening = subprocess.Popen(command(server, binary, deflate, "relay" if is_relay else "echo"), stdout=subprocess.PIPE, text=True)
    listening.stdout.readline()
    done = subprocess.run(command(client, binary, deflate, "check-server"), capture_output=True, text=True)
    time.sleep(1)
    listening.terminate()
    listening.wait()
    tap.send_signal(signal.SIGINT)
    tap.wait()
    if done.returncode:
        sys.exit(f"{name}: {done.stdout}{done.stderr}")
    # Segments that the system cut are kept as they went; the file has nothing of this machine in it.
    (folder / f"{name}.json").write_text(json.dumps(decode(file.read_bytes(), deflate, is_relay), indent=1) + "\n")


def segments(data):
    """(client port, is from client, payload) of each packet with one, in order."""
    assert data[:4] == b"\xd4\xc3\xb2\xa1" and struct.unpack("<I", data[20:24])[0] == 1
    at = 24
    while at < len(data):
        size, = struct.unpack("<I", data[at + 8:at + 12])
        packet = data[at + 16 + 14:at + 16 + size]
        at += 16 + size
        tcp = packet[(packet[0] & 15) * 4:struct.unpack(">H", packet[2:4])[0]]
        source, destination, sequence = struct.unpack(">HHI", tcp[:8])
        payload = tcp[(tcp[12] >> 4) * 4:]
        if payload:
            yield (source if destination == PORT else destination), destination == PORT, sequence, payload


def decode(data, deflate, is_relay=False):
    """The connections, each with what both sides sent."""
    streams, seen = {}, set()
    for port, is_client, sequence, payload in segments(data):
        if (port, is_client, sequence) in seen:
            continue  # sent again
        seen.add((port, is_client, sequence))
        streams.setdefault(port, [b"", b""])[0 if is_client else 1] += payload
    out = []
    for up, down in streams.values():
        sides = [frames(up, deflate), frames(down, deflate)]
        messages = [side["messages"] for side in sides]
        assert is_relay or messages[0] == messages[1] or not messages[0], "the server sent back something else"
        out.append({"client": sides[0], "server": sides[1]})
    if is_relay:
        said = sorted(m["payload"] for c in out for m in c["client"]["messages"])
        heard = sorted(m["payload"] for c in out for m in c["server"]["messages"])
        # Two are in the room; whoever is alone in another one says something that nobody hears.
        alone = b"is anybody here?".hex()
        assert sorted(heard + [alone]) == said, "the relay handed on something else"
    return out


def frames(stream, deflate):
    end = stream.index(b"\r\n\r\n") + 4
    agreed = b"permessage-deflate" in stream[:end]
    assert agreed == deflate
    inflater = zlib.decompressobj(-15)
    out, messages, parts, packed, at = [], [], b"", False, end
    while at < len(stream):
        first, second = stream[at:at + 2]
        start, size = at, second & 127
        at += 2
        if size == 126:
            size, at = struct.unpack(">H", stream[at:at + 2])[0], at + 2
        elif size == 127:
            size, at = struct.unpack(">Q", stream[at:at + 8])[0], at + 8
        key = stream[at:at + 4] if second & 128 else b""
        at += len(key)
        payload = bytes(b ^ key[i % 4] for i, b in enumerate(stream[at:at + size])) if key else stream[at:at + size]
        at += size
        out.append({"at": start, "length": at - start, "fin": first >> 7, "rsv1": first >> 6 & 1, "opcode": first & 15,
                    "mask": second >> 7, "payload": payload.hex()})
        if first & 8:
            continue
        if first & 15:
            parts, packed, opcode = b"", bool(first & 64), first & 15
        parts += payload
        if first & 128:
            whole = inflater.decompress(parts + b"\0\0\xff\xff") if packed else parts
            messages.append({"opcode": opcode, "payload": whole.hex()})
    return {"head": end, "frames": out, "messages": messages}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[3:] or TALKS:
        record(name, sys.argv[1], folder)
        print(name)


if __name__ == "__main__":
    main()
