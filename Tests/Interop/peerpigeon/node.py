#!/usr/bin/env python3
"""Becomes `meshspec node peerpigeon`, told in the options of hub.py, as compare.py starts a hub.

    python3 node.py PATH-TO-MESHSPEC [--profile NAME] [--fault NAME] [options of hub.py]

The node itself prints a line of JSON whose event is `ready` when it can be used.
"""
import argparse
import os


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("meshspec")
    parser.add_argument("--profile", default="v1.1.3", help="of the node (v1.1.3)")
    parser.add_argument("--fault", help="one that the node shall have")
    parser.add_argument("--port", required=True)
    parser.add_argument("--peer-id")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--bootstrap", action="append", default=[])
    parser.add_argument("--max-connections")
    args = parser.parse_args()
    command = [args.meshspec, "node", "peerpigeon", "--listen", f"127.0.0.1:{args.port}", "--profile", args.profile,
               "--control", "none"]
    command += ["--bug", args.fault] if args.fault else []
    command += ["--id", args.peer_id] if args.peer_id else []
    command += ["-P", "hub=off"] if args.plain else []
    command += ["-P", "max_connections=" + args.max_connections] if args.max_connections else []
    for uri in args.bootstrap:
        command += ["--connect", uri]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
