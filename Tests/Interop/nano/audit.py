#!/usr/bin/env python3
"""Holds what the target files say of nano_peer.py against the peer itself, with `meshspec run --audit-caps`.

    python3 audit.py .build/release/meshspec [--quick]

Like faults.py, it needs the package of requirements.txt for the `python3` in the path. Two runs: with the declarations
of nano_peer-server.yaml, where all is as declared, and with a capability file that claims too much and too little.
The first takes 20 minutes; --quick leaves it out.
Exits 0 when both come out so, 1 when not, 2 when it cannot begin.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TARGET = str((HERE / "nano_peer-server.yaml").relative_to(ROOT))
WRONG = """\
meshspec-capabilities: 1
protocol: nano
capabilities: {server: true, client: false, v1: false, v2: true, v3: false, idle_timeout: true, asc_pull: false}
"""


def audit(binary, *arguments):
    """Exit status, capabilities by what was found of them, findings by capability."""
    command = [binary, "run", "-t", TARGET, "--audit-caps", "--json", "--jobs", "16", "--slack", "3s", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2400)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    if not events or events[-1]["event"] != "summary":
        sys.stderr.write(done.stderr)
        raise SystemExit(2)
    found, findings = {}, {}
    for e in events[:-1]:
        found.setdefault(e["found"], set()).add(e["name"])
        if "finding" in e:
            findings[e["name"]] = e["finding"]
    return done.returncode, found, findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary", help="the built meshspec")
    parser.add_argument("--quick", action="store_true", help="only what takes a minute")
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    trouble = []

    def same(what, got, wanted):
        if got != wanted:
            trouble.append(f"{what}: {got}, not {wanted}")

    if not args.quick:
        status, found, findings = audit(binary)
        same("as declared: exit", status, 0)
        same("as declared: findings", findings, {})
        same("as declared: present", found.get("present"), {"server", "keepalive", "stable_node_id", "v1", "v2"})
        same("as declared: absent", found.get("absent"),
             {"idle_timeout", "cookie_expiry", "duplicate_id_check", "peering", "peer_exchange", "peer_history",
              "rep_crawler", "telemetry"})
        # A node that answers nothing keeps the rules about what is not to be answered, and one without a limit of
        # connections those about what is to be served below it.
        same("as declared: partly", found.get("partly"), {"soft_errors", "pull_server", "address_limit", "telemetry_checks",
                                                         "legacy_bootstrap"})

    with tempfile.TemporaryDirectory() as folder:
        caps = pathlib.Path(folder) / "wrong.caps.yaml"
        caps.write_text(WRONG)
        status, found, findings = audit(
            binary, "--caps", str(caps), "-k",
            "nano.handshake.idle || nano.handshake.v1-* || nano.handshake.duplicate-id")
    same("wrongly declared: exit", status, 1)
    same("wrongly declared: findings", findings, {
        "idle_timeout": "declared but absent",
        "v1": "present but not declared",
        "duplicate_id_check": "not declared, so claimed, but absent",
    })

    for line in trouble:
        print(line)
    print("audit.py: " + ("not as expected" if trouble else "as expected"))
    raise SystemExit(1 if trouble else 0)


main()
