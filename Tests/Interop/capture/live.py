#!/usr/bin/env python3
"""How fast packets may come over loopback before a live capture loses some: tcpdump's highest rate, and ours at it.

    python3 live.py .build/release/meshspec [--require]

A sender writes a Nano stream into a TCP connection over loopback, 1360 bytes a segment, at a rate. The highest rate at which
`tcpdump -w FILE` drops nothing is looked for by doubling and halving; then `meshspec capture` runs at the same rate: writes the
packets as tcpdump does; writes them, decodes all and shows what breaks a rule; makes JSON of every message, which nobody keeps.
Prints both. Exits 0; with --require 1 when ours drops packets in each of three attempts. Needs root and tcpdump; else it says
that it is skipped.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SECONDS = 2.0
SEGMENT = 1360
ATTEMPTS = 3
# nano.keepalive of the live network with eight empty peers: header, then 8 x (16 bytes of address, 2 of port).
KEEPALIVE = b"RC" + bytes([0x15, 0x15, 0x14, 0x02, 0, 0]) + b"\0" * 144
STREAM = KEEPALIVE * (SEGMENT * 1024 // len(KEEPALIVE) + 1)


def send(rate):
    """Sends for a while at this many segments a second; the rate that came of it, and the segments."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    child = os.fork()
    if child == 0:
        peer, _ = listener.accept()
        room = bytearray(1 << 20)
        while peer.recv_into(room):
            pass
        os._exit(0)
    yield port
    sender = socket.create_connection(("127.0.0.1", port))
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    view, at, sent = memoryview(STREAM), 0, 0
    # Whole messages come round again, so that the stream goes on where it ends.
    size = len(STREAM) - len(STREAM) % len(KEEPALIVE)
    start = time.perf_counter()
    while (now := time.perf_counter() - start) < SECONDS:
        due = int(now * rate) - sent
        if due <= 0:
            time.sleep(0.0002)
        for _ in range(min(due, 64)):
            end = min(at + SEGMENT, size)
            sender.sendall(view[at:end])
            at = 0 if end == size else end
            sent += 1
    took = time.perf_counter() - start
    sender.close()
    os.waitpid(child, 0)
    listener.close()
    yield sent / took, sent


def measure(rate, command, ready, drops):
    """Runs a capture while segments are sent; the rate that was sent at, and what was dropped."""
    sending = send(rate)
    port = next(sending)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        with open(f"{folder}/err", "w+") as err, open(os.devnull, "wb") as out:
            words = [w.replace("PORT", str(port)).replace("FOLDER", folder) for w in command]
            process = subprocess.Popen(words, stdout=out, stderr=err)
            for _ in range(500):
                if ready in open(f"{folder}/err").read() or process.poll() is not None:
                    break
                time.sleep(0.01)
            time.sleep(0.2)
            reached, sent = next(sending)
            time.sleep(0.5)
            process.send_signal(2)
            process.wait(timeout=60)
        text = open(f"{folder}/err").read()
        found = re.search(drops, text)
        if not found:
            sys.exit(f"live: {words[0]} says nothing of drops:\n{text}")
        return reached, int(found.group(1)), sent


def main(binary, require):
    if os.geteuid() != 0 or not shutil.which("tcpdump"):
        print("live: skipped: wants root and tcpdump")
        return 0
    tcpdump = ["tcpdump", "-i", "lo", "-n", "-w", "FOLDER/a.pcap", "tcp port PORT"]

    def with_tcpdump(rate):
        return measure(rate, tcpdump, "listening on", r"(\d+) packets? dropped by kernel")

    best, rate, worst = 0.0, 20_000, None
    for _ in range(9):
        reached, dropped, _ = with_tcpdump(rate)
        if dropped == 0:
            best = max(best, reached)
            # The sender has its limit too.
            if reached < rate * 0.9:
                break
        else:
            worst = rate
        rate = rate * 2 if worst is None else (best + worst) / 2
        if worst is not None and worst - best < best * 0.1:
            break
    print(f"live: tcpdump -w writes {best:.0f} segments a second ({best * SEGMENT / 1e6:.0f} MB/s) without drops"
          + ("" if worst is not None else ", as fast as the sender could send"))
    good = True
    file = ["-w", "FOLDER/a.pcap"]
    for name, options in [
        ("writing", ["-o", "none"] + file), ("writing and decoding", ["-Y", "violation"] + file), ("JSON", ["-o", "json"])
    ]:
        ours = [binary, "capture", "-i", "lo", "-d", "tcp.port==PORT,nano", "-f", "tcp port PORT"] + options
        told = []
        for _ in range(ATTEMPTS):
            reached, dropped, _ = measure(best, ours, "capturing from", r"(\d+) dropped by the kernel")
            told.append(dropped)
            if dropped == 0:
                break
        verdict = "no drops" if told[-1] == 0 else "DROPS"
        good = good and told[-1] == 0
        print(f"live: meshspec capture, {name}, at {reached:.0f} a second: {verdict} ({', '.join(map(str, told))} dropped)")
    return 0 if good or not require else 1


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), "--require" in sys.argv[2:]))
