#!/usr/bin/env bash
# Puts the program p2pd (go-libp2p 0.32.1, go-libp2p-pubsub 0.10.0, go-yamux 4.0.1; x86-64 Linux) into FOLDER: setup.sh FOLDER. Made for
# this project, as is p2pd_node.py.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
python3 -m pip download --quiet --no-deps --require-hashes --only-binary :all: --dest "$1" --requirement "$here/requirements.txt"
python3 - "$1" <<'END'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
program = folder / "p2pd"
program.write_bytes(zipfile.ZipFile(folder / "hivemind-1.1.12-py3-none-manylinux2014_x86_64.whl").read("hivemind/hivemind_cli/p2pd"))
program.chmod(0o755)
END
