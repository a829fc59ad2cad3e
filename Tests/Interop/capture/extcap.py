#!/usr/bin/env python3
"""Runs the program as a capture source of tshark, as `meshspec extcap` lets Wireshark find it.

    python3 extcap.py .build/release/meshspec

tshark lists the sources, captures from loopback through one of them while a node is talked to, and what it wrote has the
messages as comments of the packets that carry them. Needs root, for the device and for a mount namespace in which tshark
finds our folder instead of its own. Exits 0 when all is so or when it cannot be tried, which is told; 1 when not.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

NAMESPACE = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"']


def main(binary):
    binary = os.path.abspath(binary)
    if os.geteuid() != 0 or not shutil.which("tshark"):
        print("extcap: skipped: wants root and tshark")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        links = folder / "extcap"
        subprocess.run([binary, "extcap", "--install", str(links)], check=True, stdout=subprocess.DEVNULL)
        told = subprocess.run(["tshark", "-G", "folders"], capture_output=True, text=True, check=True).stdout
        path = next(line.split("\t")[-1] for line in told.splitlines() if line.startswith("Extcap path"))
        tshark = NAMESPACE + [str(links), path, "tshark"]
        if subprocess.run(NAMESPACE + [str(links), path, "true"], capture_output=True).returncode != 0:
            print("extcap: skipped: no mount namespace to be had")
            return 0
        listed = subprocess.run(tshark + ["-D"], capture_output=True, text=True).stdout
        if "meshspec-lo" not in listed:
            print(f"extcap: tshark -D does not list meshspec-lo:\n{listed}")
            return 1
        return captured(binary, tshark, folder)


def captured(binary, tshark, folder):
    node = subprocess.Popen([binary, "node", "nano", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        address = json.loads(node.stdout.readline())["listening"]
        port = address.rsplit(":", 1)[1]
        out = folder / "out.pcapng"
        capture = subprocess.Popen(
            tshark + ["-i", "meshspec-lo", "-f", f"tcp port {port}", "-a", "duration:8", "-w", str(out)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(2)
        while capture.poll() is None:
            subprocess.run([binary, "run", "--target", address, "nano.handshake.v2-query"], capture_output=True)
            time.sleep(0.5)
        complaints = capture.stderr.read()
    finally:
        node.kill()
        node.wait()
    if capture.returncode != 0:
        print(f"extcap: tshark ends with {capture.returncode}: {complaints}")
        return 1
    fields = ["-T", "fields", "-E", "aggregator=|", "-e", "tcp.len", "-e", "frame.comment"]
    lines = subprocess.run(
        ["tshark", "-n", "-r", str(out)] + fields, capture_output=True, text=True).stdout.splitlines()
    # A comment has several lines: each begins with its packet's length.
    text = "\n".join(lines)
    shakes = text.count("nano.node_id_handshake ")
    bare = sum(line.startswith("0\t") or line == "0" for line in lines)
    if shakes < 3 or bare == 0:
        print(f"extcap: {shakes} handshake messages and {bare} packets without payload in what tshark wrote:\n{text[:2000]}")
        return 1
    print(f"extcap: tshark captured through meshspec-lo: {shakes} comments of handshakes, {bare} packets without payload")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
