"""Makes a copy of the tree with all mutants compiled in, and builds it."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import protocols
import rewrite
import syntax

# What the harness must do for the mutants: each text is replaced once. See Mutant.swift.
HOOKS = [
    ("Sources/Network/Driver.swift", "        body(&slot.node, &out)\n",
     "        Mutant.enter(); body(&slot.node, &out); Mutant.leave()\n"),
    ("Sources/Network/Driver.swift", "        slot.node.received(bytes, on: link, now: now, &out)\n",
     "        Mutant.enter(); slot.node.received(bytes, on: link, now: now, &out); Mutant.leave()\n"),
    ("Sources/Network/Driver.swift", "let deadline = slot.node.deadline\n",
     "let deadline = Mutant.within { slot.node.deadline }\n"),
    ("Sources/Scenario/Running/Case/CaseNode.swift", "let node = definition.reference.node(o)\n",
     "let node = Mutant.within { definition.reference.node(o) }\n"),
    ("Sources/Scenario/Running/Runner.swift", "                    job.case, of: mine.definition,",
     "                    Mutant.begins(job.case.id, job.case), of: mine.definition,"),
]
ROUNDS = 40
FIRST_VALUE = re.compile(r"'(\w+)' (?:used|captured|passed).* before being initialized")
ERROR = re.compile(r"^(/.*?):(\d+):(\d+): error: (.*)$", re.M)


class Tree:
    """The copy, in a folder that is not under version control, and its build."""

    def __init__(self, root, home, chosen, jobs):
        self.root, self.home, self.chosen, self.jobs = root, home, chosen, jobs
        self.copy, self.build = home / "tree", home / "build"
        self.known, self.stamp = home / "uncompilable.json", home / "built.txt"
        self.program = self.build / "debug/meshspec"
        self.left_alone = {tuple(key) for key in json.loads(self.known.read_text())} if self.known.exists() else set()
        self.places, self.owners, self.files = [], [], {}

    def read(self):
        """Returns the texts of the copy: the files of the tree, with the sources of the chosen protocols rewritten."""
        names = subprocess.run(["git", "ls-files", "-z"], cwd=self.root, capture_output=True, check=True).stdout.split(b"\0")
        kept = {os.fsdecode(name) for name in names if name}
        kept = {name for name in kept if not name.startswith(("Tests/", "Captures/")) and (self.root / name).is_file()}
        texts = {name: (self.root / name).read_bytes() for name in kept}
        for target, source in (("Sources/Node/Mutant.swift", pathlib.Path(__file__).with_name("Mutant.swift")),):
            texts[target] = source.read_bytes()
        for name, old, new in HOOKS:
            text = texts[name].decode()
            if text.count(old) != 1:
                raise SystemExit(f"tree.py: {name} has {text.count(old)} times, not once: {old.strip()}")
            texts[name] = text.replace(old, new).encode()
        texts["Package.swift"] = shortened(
            texts["Package.swift"].decode(), SLOW + [protocol.module for protocol in protocols.PROTOCOLS]).encode()
        self.rewrite_into(texts)
        return texts

    def write(self):
        """Makes the copy like the tree."""
        texts = self.read()
        for path in self.copy.rglob("*") if self.copy.exists() else ():
            if path.is_file() and str(path.relative_to(self.copy)) not in texts:
                path.unlink()
        for name, text in texts.items():
            path = self.copy / name
            if not path.exists() or path.read_bytes() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text)
                shutil.copymode(self.root / name, path) if (self.root / name).exists() else None

    def check_built(self):
        """Ends with a sentence if the program was built from other sources: then its numbers are those of other places."""
        if not self.stamp.exists() or self.stamp.read_text() != self.digest(self.read()):
            raise SystemExit("mutants.py: the sources, the chosen protocols or the tool changed since the build; leave --built out")

    @staticmethod
    def digest(texts):
        """Returns a hash of all that the program is built from."""
        whole = hashlib.sha256()
        for name in sorted(texts):
            if name.startswith("Sources/") or name == "Package.swift":
                whole.update(b"%s\0%d\0%s" % (name.encode(), len(texts[name]), texts[name]))
        return whole.hexdigest()

    def rewrite_into(self, texts):
        """Rewrites the sources, and numbers their places: first those of the first protocol."""
        self.places, self.owners, self.files = [None], [None], {}
        for protocol in self.chosen:
            chosen = protocols.files(self.root, protocol)
            module = [syntax.Source(texts[name].decode()) for name in sorted(texts)
                      if name.startswith(f"Sources/{protocol.module}/")]
            types = syntax.declared_types(module)
            for name in chosen:
                writer = rewrite.Rewriter(
                    name, syntax.Source(texts[name].decode(), types), len(self.places), self.left_alone,
                    protocols.UNCALLED.get(name, frozenset()))
                text = writer.rewritten()
                if gone := writer.uncalled - writer.met:
                    raise SystemExit(f"protocols.py: {name} declares no {', '.join(sorted(gone))}")
                texts[name] = text.encode()
                self.files[name] = writer
                self.places += writer.places
                self.owners += [protocol] * len(writer.places)

    def make(self):
        """Builds the copy. Leaves places alone that do not compile, in rounds. Returns how many rounds it took."""
        for turn in range(1, ROUNDS + 1):
            self.write()
            command = ["swift", "build", "--package-path", self.copy, "--scratch-path", self.build]
            result = subprocess.run(
                [*command, "--product", "meshspec", "-j", str(self.jobs)], capture_output=True, text=True)
            if result.returncode == 0:
                self.stamp.write_text(self.digest(self.read()))
                return turn
            said = result.stdout + result.stderr
            bad = self.bad_places(said)
            print(f"round {turn}: {len(bad)} places do not compile", file=sys.stderr, flush=True)
            if not bad:
                raise SystemExit(f"the copy does not build, and no place is the cause:\n{said[-4000:]}")
            self.left_alone |= bad
            self.known.write_text(json.dumps(sorted(self.left_alone)))
        raise SystemExit(f"the copy does not build after {ROUNDS} rounds")

    def bad_places(self, said):
        """Returns the keys of the places that the errors of the compiler come from."""
        bad = set()
        for path, line, column, message in set(ERROR.findall(said)):
            if not path.startswith(str(self.copy)):
                continue
            writer = self.files.get(str(pathlib.Path(path).relative_to(self.copy)))
            if writer is None:
                continue
            line, column = int(line), int(column)
            if (name := FIRST_VALUE.search(message)) is not None:
                unset = {place.key for place in writer.places if place.operator in ("assignment", "call", "pattern", "binding")
                         and sets(place.change, name.group(1))} - self.left_alone
                if unset:
                    bad |= unset
                    continue
            numbers = rewrite.culprits(writer.spans, line, column)
            if "exhaustive" in message or not numbers:
                numbers = self.around(writer, line, message)
            bad |= {self.places[number].key for number in numbers}
        return bad

    def around(self, writer, line, message):
        """Returns the places that can cause an error elsewhere: in the statement that begins or ends at this line."""
        waiting, best = [writer.source.root], None
        while waiting:
            node = waiting.pop()
            waiting += node.children
            begins, ends = node.start_point[0] + 1, node.end_point[0] + 1
            if node.type in ("switch_statement", "function_declaration", "computed_property", "lambda_literal",
                             "init_declaration", "guard_statement") and line in (begins, ends):
                if best is None or ends - begins < best[1] - best[0]:
                    best = (begins, ends)
        begins, ends = best or (line - 1, line + 1)
        kind = ("pattern",) if "exhaustive" in message else ()
        compiled = set(writer.compiled)
        found = {writer.first + i for i, place in enumerate(writer.places) if begins <= place.line <= ends
                 and writer.first + i in compiled and (not kind or place.operator in kind)}
        statements = {number for number in found if self.places[number].operator in (
            "call", "assignment", "jump", "state kept", "state lost", "timer kept", "pattern")}
        return statements or found


def sets(change, name):
    """Returns true if the change leaves an assignment to the name out, alone or in a pair."""
    return re.match(rf"left out: (?:{name}|\([^()=]*\b{name}\b[^()=]*\)) =", change) is not None


# Modules that a run in virtual time hardly uses. It takes longer to optimize them than it saves.
SLOW = ["Capture", "Recording", "Wireshark", "Simulation", "Mutation", "TLS"]


def shortened(manifest, slow):
    """Returns the manifest without tests, whose folders the copy does not have, and with some modules not optimized."""
    names = ", ".join(f'"{name}"' for name in slow)
    return manifest + f"""
package.targets.removeAll {{ $0.type == .test || $0.path?.hasPrefix("Tests/") == true }}
for target in package.targets where [{names}].contains(target.name) {{ target.swiftSettings = spans + wholeModule }}
"""
