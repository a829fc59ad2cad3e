"""Starts nodes for test.py and record.py: commands go in and events come out."""

import asyncio
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
OURS, PY = HERE / "gossip_node.py", HERE / "py-libp2p" / "gossip_node.py"
# The node of meshspec itself, played by Reference.
MESHSPEC = "meshspec"


class Failed(Exception):
    """What was expected did not come."""


class Program:
    """A node that runs. `options` are those of its command line."""

    def __init__(self, path, *options):
        self._path, self._options, self._name = path, options, pathlib.Path(path).parent.name
        self.events, self._changed = [], asyncio.Event()

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            *self._command_line(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, limit=1 << 24)
        self._reading = [asyncio.create_task(self._read()), asyncio.create_task(self._read_errors())]
        self.errors = ""
        try:
            ready = await self.wait("ready", within=120)
        except BaseException:
            self.process.kill()
            raise
        self.address, self.id = ready["addrs"][0], ready["peer_id"]
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 5)
            except TimeoutError:
                self.process.kill()
        await asyncio.gather(*self._reading)

    def _command_line(self):
        return [sys.executable, str(self._path), *self._options]

    def _told(self, event):
        return event

    async def _read(self):
        while line := await self.process.stdout.readline():
            try:
                self.events.append(self._told(json.loads(line)))
            except ValueError:
                self.events.append({"event": "no json", "line": line.decode("utf-8", "replace")})
            self._changed.set()
        self._changed.set()

    async def _read_errors(self):
        self.errors = (await self.process.stderr.read()).decode("utf-8", "replace")

    def command(self, name, **values):
        self.process.stdin.write((json.dumps({"cmd": name} | values) + "\n").encode())

    def find(self, event, since=0, **values):
        return [found for found in self.events[since:] if found["event"] == event
                and all(found.get(key) == value for key, value in values.items())]

    async def wait(self, event, within=10, since=0, **values):
        """The first such event."""
        try:
            async with asyncio.timeout(within):
                while True:
                    if found := self.find(event, since, **values):
                        return found[0]
                    if self.process.returncode is not None and self._reading[0].done():
                        raise Failed(f"{self._name} ended before {event} {values}: {self.errors[-300:]}")
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            last = [found["event"] for found in self.events[-8:]]
            raise Failed(f"no {event} {values} of {self._name} within {within} s; last {last}") from None

    async def none(self, event, during, **values):
        """No such event for some seconds from now."""
        since = len(self.events)
        await asyncio.sleep(during)
        if found := self.find(event, since, **values):
            raise Failed(f"{found[0]} was not to come")

    async def quit(self):
        """Ends it in order; its last counts, and no defect was told."""
        self.command("quit")
        stopped = await self.wait("stopped")
        await asyncio.wait_for(self.process.wait(), 5)
        if self.process.returncode != 0 or self.find("defect"):
            raise Failed(f"exit {self.process.returncode}, {self.find('defect')}, {stopped}, {self.errors[-500:]}")
        return (self.find("counts") or [None])[-1]


class Reference(Program):
    """The node of meshspec, with the options and events of gossip_node.py as far as test.py needs them."""

    def __init__(self, program, *options):
        super().__init__(program, *options)
        self._name = "meshspec"
        self._folder = tempfile.TemporaryDirectory()
        self._control = f"{self._folder.name}/control"

    def _command_line(self):
        parameters = []
        options = list(self._options)
        while options:
            option = options.pop(0)
            if option == "--no-early-muxer":
                parameters.append("early_muxer=off")
                continue
            value = options.pop(0)
            match option:
                case "--security" | "--muxer":
                    parameters.append(f"{option[2:]}={value}")
                case "--protocol":
                    parameters.append("version=floodsub" if "floodsub" in value else f"version={value.split('/')[2][:3]}")
                case "--heartbeat" | "--topic" | "--pubsub":
                    pass
                case _:
                    raise Failed(f"the node of meshspec has no {option}")
        words = [word for parameter in parameters for word in ("-P", parameter)]
        return [str(self._path), "node", "gossipsub", "--listen", "127.0.0.1:0", "--control", self._control, *words]

    async def __aenter__(self):
        await super().__aenter__()
        options = list(self._options)
        for i, option in enumerate(options):
            if option == "--topic":
                self.command("subscribe", topic=options[i + 1])
        return self

    async def __aexit__(self, *_):
        await super().__aexit__(*_)
        self._folder.cleanup()

    def _told(self, event):
        if event.get("data") is not None:
            event["text"] = bytes.fromhex(event["data"]).decode("utf-8", "replace")
        return event

    def command(self, name, **values):
        words = []
        if name == "connect":
            name, words = "dial", [values["addr"]]
        elif name == "publish":
            data = values["text"].encode() if "text" in values else bytes(i % 251 for i in range(values["size"]))
            words = [values["topic"], f"data=0x{data.hex()}"]
        else:
            words = [values["topic"]]
        done = subprocess.run(
            [self._path, "gossipsub", name, *words, "--control", self._control], capture_output=True, text=True, timeout=20)
        if done.returncode != 0:
            raise Failed(f"meshspec gossipsub {name}: {done.stderr}")

    async def quit(self):
        """Ends it; it was still there."""
        if self.process.returncode is not None:
            raise Failed(f"meshspec ended with {self.process.returncode}: {self.errors[-500:]}")
        self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 5)
