"""What commands of documents find where they run: files, nodes at addresses, and processes that go on beside them."""

import gzip
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

LIMIT = 60   # seconds for one command
READY = 30    # seconds until something has said what it is waited for
ENDS = 10     # seconds for the end after SIGINT

V2 = "Captures/nano/nano-node-light-v2.pcap"
# Nodes that documents take for granted, by the words of a command that say so.
NODES = {
    "127.0.0.1:7075": "nano --listen 127.0.0.1:7075 -P network=live",
    "mynode/target.yaml": "nano --listen 127.0.0.1:7075 -P network=live",
    "127.0.0.1:17075": "nano --listen 127.0.0.1:17075 -P network=dev",
    "127.0.0.1:40000": "rightmesh --role superpeer --listen 127.0.0.1:40000",
    "ws://127.0.0.1:9001/chat?room=1": "websocket --listen 127.0.0.1:9001",
    "ws://127.0.0.1:8080/.well-known/dx/signal": "dxos --listen 127.0.0.1:8080 -P grace=5s",
    "ws://127.0.0.1:3000": "peerpigeon --listen 127.0.0.1:3000",
    "127.0.0.1:4001": "gossipsub --listen 127.0.0.1:4001",
}
# Files that documents take for granted: a copy of one of the tree, or what a command makes.
SMOKE = "meshspec run --protocol websocket --simulate -k tag:smoke -q"
FILES = {
    "capture.pcap": V2,
    "capture.pcapng": "Captures/tls/websocket-close.pcapng",
    "a.pcap": V2,
    "b.pcap": "Captures/nano/nano-node-light-responder-bug.pcap",
    "tuesday.pcap": V2,
    "monday.pcapng.gz": "Captures/tls/websocket-close.pcapng",
    "keys.txt": "Captures/gossipsub/gossipsub-noise-yamux.keys.jsonl",
    # One that has the bytes of a port in the wrong order.
    "codec.py": "sed 's/<16sH/>16sH/' Tests/Interop/vectors/codec.py > codec.py",
    "known.yaml": "printf 'meshspec-baseline: 1\\nentries: []\\n' > known.yaml",
    "before.jsonl": f"{SMOKE} --report json=before.jsonl",
    "after.jsonl": f"{SMOKE} --report json=after.jsonl",
    "run.jsonl": f"{SMOKE} --report json=run.jsonl",
    "shard-2.jsonl": "meshspec run -t mynode/target.yaml --shard 2/2 --report json=shard-2.jsonl -q"
                     " -k 'nano.handshake.v1-query || nano.handshake.v2-query'",
    "wire.pcapng": "meshspec run nano.handshake.v2-query --simulate -q --evidence all=kept && cp kept/*/wire.pcapng .",
}


class Place:
    """A folder for the commands of one document, and all that runs beside them, which ends with it."""

    def __init__(self, folder, root, binary):
        self.folder = pathlib.Path(folder) / "here"
        self.folder.mkdir()
        for name in ("Captures", "Spec", "Vectors", "Tests"):
            (self.folder / name).symlink_to(root / name)
        tools = pathlib.Path(folder) / "bin"
        tools.mkdir()
        (tools / "meshspec").symlink_to(binary)
        kept = {key: value for key, value in os.environ.items() if key not in ("CI", "GITHUB_ACTIONS", "SSLKEYLOGFILE")}
        self.environment = kept | {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": folder, "XDG_RUNTIME_DIR": folder,
                                   "TMPDIR": folder, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self.nodes = {}     # by the words of NODES
        self.beside = {}    # by command: process, text that it is waited for
        self.stale = False  # files have changed since those began
        self.logs = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [*self.nodes.values(), *(process for process, _ in self.beside.values())]:
            self.end(process)

    def begin(self, text):
        """Starts a command, and tells where it prints to."""
        self.logs += 1
        log = self.folder.parent / f"{self.logs}.log"
        with log.open("wb") as out, open(self.folder / V2, "rb") as capture:
            process = subprocess.Popen(["bash", "-c", text], cwd=self.folder, env=self.environment, stdin=capture, stdout=out,
                                       stderr=subprocess.STDOUT, start_new_session=True)
        return process, log

    def end(self, process):
        """Ends what a command started, as Ctrl-C does."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(ENDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_for(self, process, log, words):
        """Until it has printed these words, or has ended. Whether it has printed them."""
        until = time.monotonic() + READY
        while process.poll() is None and time.monotonic() < until and words not in log.read_text(errors="replace"):
            time.sleep(0.02)
        return words in log.read_text(errors="replace")

    def run(self, text, until=None):
        """Exit status and lines of a command. One that goes on is ended once it has printed `until`; it fails when it does not."""
        process, log = self.begin(text)
        status = None
        if until is not None:
            came = self.wait_for(process, log, until)
            status = 0 if came and process.poll() is None else f"{process.poll()}, without printing {until!r}"
            self.end(process)
        else:
            try:
                status = process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                status = f"none after {LIMIT} s"
                self.end(process)
        return status, log.read_text(errors="replace").splitlines()

    def start(self, text, port):
        """Starts what runs on to the end of the document, once it listens at that TCP port. Status None: it runs."""
        if text in self.beside:
            self.end(self.beside[text][0])
        process, log = self.begin(text)
        self.listening(process, int(port))
        self.beside[text] = process, port
        return process.poll(), log.read_text(errors="replace").splitlines()

    def listening(self, process, port):
        """Waits until somebody has this port; false when the process ends before."""
        until = time.monotonic() + READY
        while process.poll() is None and not self.listens(port) and time.monotonic() < until:
            time.sleep(0.05)
        return process.poll() is None and self.listens(port)

    def listens(self, port):
        """Whether somebody has this port, without a connection that a node would see."""
        table = pathlib.Path("/proc/self/net/tcp").read_text() + pathlib.Path("/proc/self/net/udp").read_text()
        return re.search(rf": [0-9A-F]{{8}}:{port:04X} 0{{8}}:0000 (0A|07) ", table) is not None

    def changed(self):
        """The reader has written a file: what runs beside is started again before the next command."""
        self.stale = True

    def prepare(self, text):
        """What a command takes for granted is there when it begins."""
        if self.stale:
            self.stale = False
            for command, (_, port) in list(self.beside.items()):
                self.start(command, port)
        for name, source in FILES.items():
            if re.search(rf"(?<![\w./=-]){re.escape(name)}(?![\w.])", text) and not (self.folder / name).exists() \
                    and not re.search(rf"(> |--report json=|-o ){re.escape(name)}", text):
                self.make(name, source)
        if " --listen " in text and text.startswith("meshspec node"):
            for words in [words for words in self.nodes if f"--listen {words}" in text]:
                self.end(self.nodes.pop(words))
            return
        for words, node in NODES.items():
            if re.search(rf"(--target|-t) '?{re.escape(words)}(['\s]|$)", text) and words not in self.nodes:
                port = int(re.search(r":(\d+)", node)[1])
                if not self.listens(port):
                    self.nodes[words], log = self.begin(f"exec meshspec node {node}")
                    if not self.listening(self.nodes[words], port):
                        raise SystemExit(f"meshspec node {node} does not begin: {log.read_text()[-300:]}")

    def make(self, name, source):
        if source.startswith("Captures/"):
            data = (self.folder / source).read_bytes()
            (self.folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
            return
        self.prepare(source)
        status, lines = self.run(source)
        if not (self.folder / name).exists():
            raise SystemExit(f"{name} was not made by {source}: status {status}, {' '.join(lines[-3:])}")
