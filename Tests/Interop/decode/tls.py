#!/usr/bin/env python3
"""Writes what tshark finds in captures of TLS, by the keys in them, beside each: Captures/tls/NAME.json.

    python3 tls.py CAPTURE.pcapng...

The types of all handshake messages, the alerts, and the frames of WebSocket with the text of what is no control frame.
"""

import json
import pathlib
import subprocess
import sys

FIELDS = ["tcp.dstport", "tls.handshake.type", "tls.alert_message.level", "tls.alert_message.desc", "websocket.opcode",
          "websocket.fin", "websocket.mask", "websocket.payload.text", "websocket.payload.close.status_code"]


def found(path):
    columns = [w for f in FIELDS for w in ("-e", f)]
    text = subprocess.run(["tshark", "-r", path, "-T", "fields", "-E", "separator=|", "-E", "aggregator=;", *columns],
                          capture_output=True, text=True, check=True).stdout
    rows = [line.split("|") for line in text.splitlines()]
    server = rows[0][0]
    out = {"handshake": [], "alerts": [], "frames": []}
    for port, handshake, level, description, opcode, fin, mask, said, code in rows:
        isClient = port == server
        out["handshake"] += [{"client": isClient, "type": int(t)} for t in handshake.split(";") if t]
        if level:
            out["alerts"].append({"client": isClient, "level": int(level), "description": int(description)})
        if opcode:
            out["frames"].append({"client": isClient, "opcode": int(opcode), "fin": int(fin == "1" or fin == "True"),
                                  "mask": int(mask == "1" or mask == "True"), "text": said, "code": int(code or 0)})
    return out


for name in sys.argv[1:]:
    path = pathlib.Path(name)
    path.with_suffix(".json").write_text(json.dumps(found(path), indent=1) + "\n")
