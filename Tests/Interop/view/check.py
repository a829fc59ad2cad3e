#!/usr/bin/env python3
"""Looks at captures of all protocols with `meshspec view` in tmux, and compares what is on the screen with `meshspec decode`.

    python3 check.py .build/release/meshspec

For each capture: the rows of the list, the tree and the bytes of a message, how many messages pass a filter. Then an error in a
filter, keys that are typed ahead of one, following, a resize, a terminal that is too small, colours, a pipe, and that the terminal is as before after q, signals and
Ctrl-Z. With the right to capture also live on loopback. Exits 0 when all is as it should be, 1 when something is not.
"""

import os
import pathlib
import re
import shlex
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
WAIT = 20  # seconds for a screen that a busy machine draws late
# A capture, a message whose tree is compared, a filter.
CAPTURES = [
    ("nano/nano-node-light-v2.pcap", 4, "nano.confirm_req or nano.telemetry_ack"),
    ("rightmesh/rightmesh-three-superpeers.pcap", 3, "rightmesh and length > 60"),
    ("peerpigeon/peerpigeon-three-hubs.pcap", 5, "message == peerpigeon.announce"),
    ("dxos/dxos-signal-two-peers.pcap", 4, "dxos"),
    ("gossipsub/gossipsub-plaintext-yamux.pcap", 9, "gossipsub and not malformed"),
    ("websocket/relay.pcap", 3, "path == websocket/plain"),
]
GOOD = "Captures/nano/nano-node-light-v2.pcap"
BAD = "Captures/nano/nano-node-light-responder-bug.pcap"
# nano.keepalive of the live network with eight empty peers: header, then 8 x (16 bytes of address, 2 of port).
KEEPALIVE = b"RC" + bytes([0x15, 0x15, 0x14, 0x02, 0, 0]) + b"\0" * 144


class Wrong(Exception):
    """Something is not as it should be."""


def same(what, shown, wanted):
    if shown != wanted:
        raise Wrong(f"{what}: shown {shown!r}, wanted {wanted!r}")


class Terminal:
    """A window of tmux with a shell in it."""

    def __init__(self, folder, name, columns, rows, **variables):
        self.command = ["tmux", "-S", f"{folder}/tmux", "-f", "/dev/null"]
        self.name = name
        environment = dict(os.environ, PS1="ready> ", LC_ALL="C.UTF-8", TERM="screen-256color", **variables)
        environment.pop("TMUX", None)
        if "NO_COLOR" not in variables:
            environment.pop("NO_COLOR", None)
        words = ["env", "-u", "PROMPT_COMMAND"] + [f"{k}={v}" for k, v in variables.items()]
        words += ["PS1=ready> ", "LC_ALL=C.UTF-8", "bash", "--norc", "--noprofile", "-i"]
        self.tmux("new-session", "-d", "-s", name, "-x", columns, "-y", rows, "-c", ROOT, shlex.join(words), environment=environment)
        self.until(lambda s: s and s[0].startswith("ready>"), "a shell")

    def tmux(self, *words, environment=None):
        out = subprocess.run(self.command + [str(w) for w in words], capture_output=True, text=True, env=environment)
        if out.returncode != 0:
            raise Wrong(f"tmux {words[0]}: {out.stderr.strip()}")
        return out.stdout

    def screen(self, *options):
        return self.tmux("capture-pane", "-p", "-t", self.name, *options).split("\n")[:-1]

    def until(self, holds, what):
        """Waits for a screen that is no half of one: it stays the same for a moment."""
        end = time.monotonic() + WAIT
        last = None
        while True:
            screen = self.screen()
            if screen == last and holds(screen):
                return screen
            last = screen
            if time.monotonic() > end:
                raise Wrong(f"{self.name}: no {what}:\n" + "\n".join(screen))
            time.sleep(0.03)

    def keys(self, *keys):
        self.tmux("send-keys", "-t", self.name, *keys)

    def type(self, text):
        self.tmux("send-keys", "-t", self.name, "-l", text)

    def view(self, command):
        self.type(command + "\n")
        return self.until(lambda s: is_view(s) and "reading" not in s[0] and position(s)[:1] == (1,), "view")

    def filter(self, text):
        self.keys("/", "C-u")
        self.type(text)
        self.keys("Enter")

    def quit(self):
        self.keys("q")
        self.until(lambda s: not is_view(s), "shell after q")

    def close(self):
        self.tmux("kill-session", "-t", self.name)


def is_view(screen):
    return any(line.endswith("? help  q quit") for line in screen[-1:])


def run(binary, *words):
    return subprocess.run([binary, *words], capture_output=True, text=True, cwd=ROOT)


def lines(binary, *words):
    return run(binary, "decode", *words).stdout.splitlines()


def pane(screen, title):
    """The rows below a title, up to the next one."""
    start = next(i for i, line in enumerate(screen) if re.match(rf" {title}\b.*─", line))
    rows = []
    for line in screen[start + 1:-1]:
        if re.match(r" Bytes?\b.*───", line):
            break
        rows.append(line)
    return rows


def position(screen):
    """What the status says: place, shown, and all where there is a filter."""
    found = re.search(r"(?:^| )(\d+)/(\d+)(?: of (\d+))?", screen[-1])
    return tuple(int(n) for n in found.groups() if n) if found else ()


def check_list(screen, decoded):
    header = next(i for i, line in enumerate(screen) if line.split()[:2] == ["No.", "Time"])
    title = next(i for i, line in enumerate(screen) if line.startswith(" Fields"))
    rows = [line for line in screen[header + 1:title] if line.strip()]
    same("rows", len(rows), min(len(decoded), title - header - 1))
    for row, line in zip(rows, decoded):
        found = re.fullmatch(r"#(\d+) (\S+) (\S+) > (\S+) (\S+) (.*)", line)
        words = row[1:].split(None, 5)
        same("columns", words[:5], list(found.groups()[:5]))
        content = words[5].rstrip() if len(words) > 5 else ""
        if not found[6].startswith(content) or not content:
            raise Wrong(f"content of {found[1]}: shown {content!r}, wanted {found[6]!r}")


def check_answer(row, number, all):
    """The row that names the answer of a request, which `decode` cannot know yet."""
    found = re.fullmatch(r"answered by #(\d+) after (.*)", row)
    ending = f"answers #{number} after {found[2]} "
    if not any(line.startswith(f"#{found[1]} ") and ending in line for line in all):
        raise Wrong(f"tree: shown {row!r}, but #{found[1]} does not answer #{number}")


def check_tree(screen, decoded, number, all):
    wanted = []
    for line in decoded:
        found = re.match(r"  (?:-|\d+(?:\.\.\d+)?) +(?=\S)(.*)", line) if len(wanted) >= 3 else None
        if line.strip():
            wanted.append(found[1].strip() if found else line.strip())
    rows = [row.replace("▾", " ").strip() for row in pane(screen, "Fields")]
    answers = [row for row in rows if row.startswith("answered by ")]
    for row in answers:
        check_answer(row, number, all)
    rows = [row for row in rows if row and row not in answers]
    same("rows of the tree", len(rows), min(len(wanted), len(pane(screen, "Fields")) - len(answers)))
    for row, line in zip(rows, wanted):
        if not line.startswith(row):
            raise Wrong(f"tree: shown {row!r}, wanted {line!r}")


def check_bytes(screen, wanted):
    rows = [row for row in pane(screen, "Bytes?") if row.strip()]
    shown = "".join(re.sub(r"[^0-9a-f]", "", row[len(row.split()[0]):][:50]) for row in rows)
    if not shown or not wanted.startswith(shown):
        raise Wrong(f"bytes: shown {shown!r}, wanted {wanted!r}")


def check_capture(binary, folder, path, number, filter):
    capture = f"Captures/{path}"
    terminal = Terminal(folder, path.split("/")[0], 140, 60)
    screen = terminal.view(f"{binary} view {capture}")
    decoded = lines(binary, capture)
    check_list(screen, decoded)
    same("messages", position(screen), (1, len(decoded)))
    number = int(re.match(r"#(\d+)", decoded[number - 1])[1])
    place = next(i for i, line in enumerate(decoded, 1) if line.startswith(f"#{number} "))
    terminal.keys(*["Down"] * (place - 1))
    screen = terminal.until(lambda s: position(s)[:1] == (place,), f"row {place}")
    check_tree(screen, lines(binary, "-o", "tree", "-Y", f"n == {number}", capture), number, decoded)
    check_bytes(screen, lines(binary, "-o", "fields=bytes", "-Y", f"n == {number}", capture)[1])
    terminal.filter(filter)
    some = lines(binary, "-Y", filter, capture)
    screen = terminal.until(lambda s: len(position(s)) == 3 and filter in s[1], "filter")
    same(f"messages of {filter}", position(screen)[1:], (len(some), len(decoded)))
    terminal.keys("Home")
    check_list(terminal.until(lambda s: position(s)[0] == 1, "first row"), some)
    terminal.quit()
    terminal.close()
    return len(decoded), len(some)


def check_keys(binary, folder):
    """Panes, marks, folding, findings, following, errors in filters."""
    terminal = Terminal(folder, "keys", 100, 40)
    terminal.view(f"{binary} view {GOOD}")
    # The last field of a message, and its bytes.
    terminal.keys("j", "Enter", "End")
    screen = terminal.until(lambda s: any("response.signature" in t or "signature" in t for t in pane(s, "Fields")), "signature")
    if not any(re.match(r" Bytes \d+\.\.\d+ of 200 ", line) for line in screen):
        raise Wrong("the bytes of a field are not told:\n" + "\n".join(screen))
    if not any("[" in row and "]" in row or "[" in row for row in pane(screen, "Bytes")):
        raise Wrong("the bytes of a field are not marked")
    before = len([row for row in pane(screen, "Fields") if row.strip()])
    terminal.keys("Home", "Space")
    terminal.until(lambda s: any(t.startswith("▸") for t in pane(s, "Fields")), "folded row")
    terminal.keys("Space")
    terminal.until(lambda s: len([t for t in pane(s, "Fields") if t.strip()]) >= before - 1, "unfolded row")
    # Following: the conversation, then everything again.
    terminal.keys("Tab", "Tab", "f")
    terminal.until(lambda s: "Follow" in s[2] and "conversation 1" in s[3], "menu")
    terminal.keys("Enter")
    screen = terminal.until(lambda s: s[1] == "Filter: flow == 1", "conversation")
    same("messages of a conversation", position(screen)[1], len(lines(binary, "-Y", "flow == 1", GOOD)))
    terminal.keys("F")
    terminal.until(lambda s: "none" in s[1], "all messages")
    # A filter that is none: told below with its place; the old one stays.
    terminal.filter("flow == 1")
    terminal.until(lambda s: s[1] == "Filter: flow == 1" and len(position(s)) == 3, "filter")
    terminal.filter("nano.keepalve and n > 1")
    screen = terminal.until(lambda s: "^" in s[2], "error")
    same("place of the error", screen[2], " " * 8 + "^" * len("nano.keepalve"))
    if "did you mean `nano.keepalive`" not in screen[3]:
        raise Wrong(f"error: {screen[3]}")
    terminal.keys("Escape")
    screen = terminal.until(lambda s: s[1] == "Filter: flow == 1", "old filter")
    terminal.keys("Escape")
    terminal.until(lambda s: "none" in s[1], "no filter")
    # What is typed ahead is about the messages that a filter leaves: the third of some, then the last of others.
    some, others = "nano.confirm_req or nano.confirm_ack", "nano.telemetry_ack"
    counts = [len(lines(binary, "-Y", filter, GOOD)) for filter in (some, others)]
    everything = len(lines(binary, GOOD))
    terminal.type(f"/{some}\rgjj")
    terminal.until(lambda s: position(s) == (3, counts[0], everything), f"message 3 of {counts[0]}")
    terminal.type(f"Fg/{some}\rgj/\x15{others}\rG<>")
    terminal.until(lambda s: position(s) == (counts[1], counts[1], everything), f"message {counts[1]} of {counts[1]}")
    terminal.type("F")
    terminal.until(lambda s: "none" in s[1], "no filter")
    # Help.
    terminal.keys("?")
    terminal.until(lambda s: "Keys" in s[0], "help")
    terminal.keys("x")
    # Sizes.
    for columns, rows in [(80, 24), (160, 30)]:
        terminal.tmux("resize-window", "-t", terminal.name, "-x", columns, "-y", rows)
        screen = terminal.until(lambda s: is_view(s) and len(s) == rows and len(s[-1]) in (columns, columns - 1), f"{columns}x{rows}")
        if any(len(line) > columns for line in screen):
            raise Wrong("wider than the terminal")
    if not any("│0000" in line for line in screen):
        raise Wrong("no bytes beside the fields:\n" + "\n".join(screen))
    terminal.tmux("resize-window", "-t", terminal.name, "-x", 50, "-y", 10)
    terminal.until(lambda s: s[0].startswith("too small: 50x10"), "told that it is too small")
    terminal.tmux("resize-window", "-t", terminal.name, "-x", 100, "-y", 40)
    terminal.until(is_view, "view again")
    terminal.quit()
    # Findings.
    terminal.view(f"{binary} view {BAD}")
    wanted = [int(line.split()[0][1:]) for line in lines(binary, "-Y", "violation or warning or malformed or incomplete", BAD)]
    for place in wanted[:3]:
        terminal.keys("n")
        terminal.until(lambda s: any(t.startswith(f"▾ #{place} ") for t in pane(s, "Fields")), f"message {place}")
    terminal.keys("N")
    terminal.until(lambda s: any(t.startswith(f"▾ #{wanted[1]} ") for t in pane(s, "Fields")), f"message {wanted[1]}")
    terminal.quit()
    terminal.close()


def settings(terminal):
    """What `stty -g` says."""
    terminal.type("clear; stty -g\n")
    return terminal.until(lambda s: any(re.fullmatch(r"[0-9a-f]+(:[0-9a-f]+)+", t) for t in s), "settings")[0]


def check_terminal(binary, folder):
    """The terminal is as before, however a view ends."""
    os.mkfifo(f"{folder}/go")
    terminal = Terminal(folder, "restored", 90, 30)
    terminal.type("set +m\n")
    before = settings(terminal)
    terminal.type("clear; echo mark\n")
    terminal.until(lambda s: s[0] == "mark", "mark")
    terminal.view(f"{binary} view {GOOD}")
    terminal.quit()
    terminal.until(lambda s: s[0] == "mark" and s[-1].strip() == "", "what was there before")
    same("settings after q", settings(terminal), before)
    terminal.type("set -m\n")
    for name, status in [("INT", 130), ("TERM", 143), ("HUP", 129)]:
        terminal.type("clear; sh -c 'echo $$ > " + f"{folder}/pid; exec {binary} view {GOOD}'; echo ended $?\n")
        terminal.until(lambda s: is_view(s), "view")
        if name == "INT":
            terminal.keys("C-c")
        else:
            subprocess.run(["kill", "-" + name, open(f"{folder}/pid").read().strip()], check=True)
        terminal.until(lambda s: any(t == f"ended {status}" for t in s), f"status {status}")
        same(f"settings after SIG{name}", settings(terminal), before)
    # Stopped, and on again.
    terminal.view(f"{binary} view {GOOD}")
    terminal.keys("C-z")
    terminal.until(lambda s: any("Stopped" in t for t in s), "shell after Ctrl-Z")
    same("settings while it is stopped", settings(terminal), before)
    terminal.type("fg\n")
    terminal.until(is_view, "view after fg")
    terminal.keys("j")
    terminal.until(lambda s: position(s)[:1] == (2,), "row 2")
    terminal.quit()
    same("settings after that", settings(terminal), before)
    # From a pipe, keys from the terminal, also while nothing comes.
    terminal.type(f"clear; (cat {BAD}; read < {folder}/go) | {binary} view -\n")
    terminal.until(lambda s: is_view(s) and s[0].find("reading") > 0 and position(s)[:1] == (1,), "view of an open pipe")
    terminal.keys("j")
    terminal.until(lambda s: position(s)[:1] == (2,), "row 2")
    with open(f"{folder}/go", "w") as go:
        go.write("\n")
    screen = terminal.until(lambda s: "reading" not in s[0], "the end")
    same("messages of a pipe", position(screen)[1], len(lines(binary, BAD)))
    terminal.quit()
    # No capture, and no terminal.
    terminal.type(f"clear; {binary} view missing.pcap; echo ended $?\n")
    terminal.until(lambda s: "ended 4" in s, "status 4")
    terminal.close()
    out = run(binary, "view", GOOD)
    same("status without a terminal", out.returncode, 2)
    if "meshspec decode" not in out.stderr:
        raise Wrong(f"without a terminal: {out.stderr}")
    for option in ["--snap", "--buffer"]:
        out = run(binary, "view", option, "64", GOOD)
        if out.returncode != 2 or f"{option}: needs --interface" not in out.stderr:
            raise Wrong(f"{option} with a file: {out.stderr}")


def hostile():
    """A pcapng of three packets, whose comments would set a title, clear the screen and turn the direction of writing."""
    def block(kind, body):
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    comment = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e語 한글 e\u0301".encode()
    comment = struct.pack("<HH", 1, len(comment)) + comment + bytes(-len(comment) % 4) + bytes(4)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 101, 0, 0))
    for i in range(3):
        packet = struct.pack(">HHIIBBHHH", 40000, 7075, 1000 + 152 * i, 1, 0x50, 0x18, 1000, 0, 0) + KEEPALIVE
        packet = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(packet), i, 0, 64, 6, 0, 0x0A000001, 0x0A000002) + packet
        head = struct.pack("<IIIII", 0, 0, 1000 * i, len(packet), len(packet))
        out += block(6, head + packet + bytes(-len(packet) % 4) + comment)
    return out


def check_hostile(binary, folder):
    """Text of a capture does nothing to the terminal."""
    path = f"{folder}/hostile.pcapng"
    pathlib.Path(path).write_bytes(hostile())
    terminal = Terminal(folder, "hostile", 170, 30)
    title = terminal.tmux("display-message", "-p", "-t", terminal.name, "#{pane_title}")
    screen = terminal.view(f"{binary} view {path}")
    wanted = "# \\x1b]0;pwned\\x07\\x1b[2J\\u{9b}31m\\u{202e}語 한글 e\u0301"
    rows = [row for row in screen if re.match(r"[ ~!] +\d+ \+", row)]
    if len(rows) != 3 or not all(row.endswith(wanted) for row in rows[1:]):
        raise Wrong("comments:\n" + "\n".join(rows))
    terminal.keys("Tab", "End")
    terminal.until(lambda s: any(row.split("│")[0].rstrip().endswith(wanted) for row in pane(s, "Fields")), "comment")
    same("title", terminal.tmux("display-message", "-p", "-t", terminal.name, "#{pane_title}"), title)
    terminal.quit()
    terminal.close()


def check_colours(binary, folder):
    """Red where something is wrong, unless colours are not wanted; then it is bold, and marked all the same."""
    for name, variables, options, has in [
        ("plain", {}, "", True), ("without", {"NO_COLOR": "1"}, "", False), ("never", {}, " --color never", False),
        ("always", {"NO_COLOR": "1"}, " --color=always", True),
    ]:
        terminal = Terminal(folder, name, 90, 30, **variables)
        screen = terminal.view(f"{binary} view{options} {BAD}")
        if not any(re.match(r"! +2 ", line) for line in screen):
            raise Wrong("no mark on what is wrong:\n" + "\n".join(screen))
        codes = set(re.findall(r"\x1b\[([0-9;]+)m", "\n".join(terminal.screen("-e"))))
        same(f"colours, {name}", any(re.search(r"\b3[0-7]\b", c) for c in codes), has)
        terminal.quit()
        terminal.close()


def check_live(binary, folder):
    """Messages over loopback while they come."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    terminal = Terminal(folder, "live", 100, 30)
    # As long as there is nothing there is nothing to select.
    terminal.type(f"{binary} view -i lo -f 'tcp port {port}' -d tcp.port=={port},nano\n")
    terminal.until(lambda s: is_view(s) and "live" in s[0], "live view")
    sender = socket.create_connection(("127.0.0.1", port))
    receiver, _ = listener.accept()
    sent = 0

    def send(count):
        nonlocal sent
        for _ in range(count):
            sender.sendall(KEEPALIVE)
            receiver.recv(len(KEEPALIVE), socket.MSG_WAITALL)
        sent += count

    send(50)
    terminal.until(lambda s: position(s)[:2] == (50, 50) and "at the end" in s[-1], "50 messages, the last one selected")
    terminal.filter("n > 40 and nano.keepalive")
    terminal.until(lambda s: position(s) == (10, 10, 50), "10 of 50")
    send(20)
    terminal.until(lambda s: position(s) == (30, 30, 70), "30 of 70, the last one selected")
    terminal.keys("g")
    terminal.until(lambda s: position(s) == (1, 30, 70), "the first one")
    send(5)
    terminal.until(lambda s: position(s) == (1, 35, 75), "the first one still")
    terminal.keys("G", "F")
    terminal.until(lambda s: position(s) == (75, 75), "all")
    terminal.quit()
    # Of packets that are cut nothing is whole.
    terminal.type(f"{binary} view -i lo -f 'tcp port {port}' -d tcp.port=={port},nano -s 100 -B 4\n")
    terminal.until(lambda s: is_view(s) and "live" in s[0], "live view")
    send(2)
    terminal.until(lambda s: position(s)[:1] and any("incomplete" in t for t in s), "incomplete messages")
    terminal.quit()
    terminal.close()


def main(binary):
    wrong = 0
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        def step(name, check):
            nonlocal wrong
            try:
                told = check()
                print(f"view: {name}: good{f' ({told})' if told else ''}", flush=True)
            except Wrong as error:
                wrong += 1
                print(f"view: {name}: WRONG: {error}", flush=True)
            except Exception as error:  # What it read was no screen of a view.
                wrong += 1
                print(f"view: {name}: WRONG: {type(error).__name__}: {error}", flush=True)

        # A server ends with its last window, perhaps just when the next one is asked for: this window stays.
        subprocess.run(["tmux", "-S", f"{folder}/tmux", "-f", "/dev/null", "new-session", "-d", "sleep infinity"], check=True)
        for path, number, filter in CAPTURES:
            def check():
                all_, some = check_capture(binary, folder, path, number, filter)
                return f"{all_} messages, {some} pass {filter}"
            step(path, check)
        step("keys", lambda: check_keys(binary, folder))
        step("terminal", lambda: check_terminal(binary, folder))
        step("hostile text", lambda: check_hostile(binary, folder))
        step("colours", lambda: check_colours(binary, folder))
        if os.geteuid() == 0:
            step("live", lambda: check_live(binary, folder))
        else:
            print("view: live: skipped: wants root")
        subprocess.run(["tmux", "-S", f"{folder}/tmux", "kill-server"], capture_output=True)
    print(f"view: {time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
