#!/usr/bin/env python3
"""Moves what the scenarios of a folder repeat to their suite file.

    convert.py SUITE SCENARIO...

SUITE is a suite file, such as Spec/rightmesh/suite.yaml. In each scenario the program removes what the suite or the
language says anyway:

- `actors` and `defaults` that are those of the suite;
- `within` and `order` of `expect` and `poll` steps that are those of the suite, and `every: 20ms`;
- fields of `send` that the suite fills in with the same value;
- `else: inconc` of a step without `req`, because such a step only prepares.

What the suite would change is written out: `order: strict`, a field as `null`. A map or list that fits in one line gets
one line. Comments stay; a step with a comment inside stays as it is. The result is the same test: `meshspec check`
accepts it, `run --simulate` has the same verdicts, and every mutant of `meshspec mutate` has the same fate.
"""

import re
import sys

import yaml

WIDTH = 120
VERBS = {
    "open", "accept", "send", "build", "expect", "never", "alt", "par", "close", "let", "assert", "wait", "poll",
    "fault", "heal", "refuse", "listen", "dut", "use", "repeat",
}
# A step of these kinds that has no requirement and no `else` was judged by the first requirement that its case covers.
JUDGING = {"expect", "assert", "never", "poll", "accept", "alt"}


class Member:
    """A key of a map with its value."""

    def __init__(self, key, value):
        self.key, self.value = key, value


class Node:
    """A node of the tree: `members`, `items`, or a scalar with its source text."""

    def __init__(self, made, source):
        self.start, self.end = made.start_mark, made.end_mark
        self.members = self.items = None
        self.is_flow = bool(getattr(made, "flow_style", False))
        if isinstance(made, yaml.MappingNode):
            self.members = [Member(key.value, Node(value, source)) for key, value in made.value]
        elif isinstance(made, yaml.SequenceNode):
            self.items = [Node(item, source) for item in made.value]
        else:
            self.value, self.style = made.value, made.style
            self.text = source[self.start.index:self.end.index]

    def __getitem__(self, key):
        return next((m.value for m in self.members or [] if m.key == key), None)

    def remove(self, key):
        self.members = [m for m in self.members if m.key != key]

    def plain(self):
        """Returns the content as Python values, for comparison."""
        if self.members is not None:
            return {m.key: m.value.plain() for m in self.members}
        if self.items is not None:
            return [i.plain() for i in self.items]
        return self.value


def scalar(text):
    """Returns a new scalar."""
    node = Node.__new__(Node)
    node.members = node.items = None
    node.value = node.text = text
    node.style, node.is_flow, node.start, node.end = None, False, None, None
    return node


def flow(node, is_key=False):
    """Returns the node in one line; None if it cannot be."""
    if node.members is not None:
        parts = []
        for m in node.members:
            value = flow(m.value)
            if value is None:
                return None
            parts.append(f"{m.key}: {value}")
        return "{" + ", ".join(parts) + "}"
    if node.items is not None:
        parts = [flow(i) for i in node.items]
        return None if None in parts else "[" + ", ".join(parts) + "]"
    if "\n" in node.text or node.style in ("|", ">"):
        return None
    if node.style is None and (re.search(r"[,?\[\]{}]", node.text) or node.text == ""):
        if '"' not in node.text and "\\" not in node.text:
            return f'"{node.text}"'
        return "'" + node.text.replace("'", "''") + "'"
    return node.text


STEPS = {"steps", "cleanup", "do"}


class Writer:
    """Writes steps. A comment inside a step moves to the line before it."""

    def __init__(self, comments):
        self.pending = sorted(comments.items())

    def flush(self, line, indent):
        """Returns the comments that the file has before this line."""
        out = []
        while self.pending and self.pending[0][0] < line:
            out.append(" " * indent + self.pending.pop(0)[1])
        return out

    @staticmethod
    def limit(node):
        """Returns the line before which the comments belong to a step itself, and not to a step inside it."""
        lines = [m.value.start.line for m in node.members if m.key in STEPS and m.value.items]
        for m in node.members:
            if m.value.members is not None:
                lines.append(Writer.limit(m.value))
            for item in m.value.items or []:
                if item.members is not None:
                    lines.append(Writer.limit(item))
            if m.key == "par":
                lines += [b.value.start.line for b in m.value.members if b.value.items]
        return min(lines + [node.end.line + (node.end.column > 0) if node.end is not None else 1 << 30])

    def list(self, node, indent, is_steps=False):
        pad = " " * indent
        out = []
        for item in node.items:
            if item.members is None and item.items is None:
                out.append(f"{pad}- {item.text}")
                continue
            if is_steps:
                out += self.flush(self.limit(item), indent)
            text = None if is_steps or has_steps(item) else flow(item)
            if text is not None and indent + 2 + len(text) <= WIDTH:
                out.append(f"{pad}- {text}")
                continue
            lines = self.list(item, indent + 2) if item.items is not None else self.map(item, indent + 2)
            out += [pad + "- " + lines[0][indent + 2:]] + lines[1:]
        return out

    def map(self, node, indent):
        pad = " " * indent
        out = []
        for m in node.members:
            v = m.value
            if v.members is None and v.items is None:
                out += f"{pad}{m.key}: {v.text.rstrip()}".rstrip().split("\n")
                continue
            text = None if has_steps(v) or m.key in STEPS else flow(v)
            if text is not None and indent + len(m.key) + 2 + len(text) <= WIDTH:
                out.append(f"{pad}{m.key}: {text}")
                continue
            out.append(f"{pad}{m.key}:")
            if v.items is not None:
                out += self.list(v, indent + 2, is_steps=v.items and getattr(v.items[0], "is_step", False))
            else:
                out += self.map(v, indent + 2)
        return out


def has_steps(node):
    """Returns whether there are steps in a node."""
    if getattr(node, "is_step", False):
        return True
    inner = [m.value for m in node.members or []] + (node.items or [])
    return any(has_steps(i) for i in inner)


class Suite:
    """What a suite file gives to its scenarios."""

    def __init__(self, path):
        self.path = path
        made = yaml.load(open(path, encoding="utf-8"), yaml.BaseLoader)
        self.within, self.order = made.get("within"), made.get("order", "strict")
        self.actors, self.defaults = made.get("actors"), made.get("defaults", [])
        self.fields = {}
        for item in made.get("send", []):
            self.fields.setdefault(item["msg"], {}).update(item["fields"])


class Scenario:
    """One file, while it is converted."""

    def __init__(self, path, suite):
        self.path, self.suite = path, suite
        self.source = open(path, encoding="utf-8").read()
        self.lines = self.source.split("\n")
        self.root = Node(yaml.compose(self.source, Loader=yaml.BaseLoader), self.source)
        self.covers = (self.root["covers"].plain() if self.root["covers"] else [])
        actors = self.root["actors"].plain() if self.root["actors"] else {}
        self.kinds = {name: a.get("kind") for name, a in actors.items()}
        self.links = {}

    # Steps

    def step(self, step):
        verb = next((m.key for m in step.members if m.key in VERBS), None)
        value = step[verb]
        if verb in ("open", "accept") and value.members is not None and value["as"] is not None:
            self.link(verb, value)
        if verb == "expect":
            self.expect(value)
        if verb == "poll":
            self.poll(value)
        if verb == "send":
            parts = value["all"].items if value["all"] is not None else [value]
            ends = self.links.get(value["via"].value)
            for part in parts:
                self.send(part, ends)
        if verb == "build":
            self.build(value)
        if self.covers and step["req"] is None:
            if step["else"] is None and verb in JUDGING:
                at = next(i for i, m in enumerate(step.members) if m.key == verb)
                step.members.insert(at + 1, Member("req", scalar(self.covers[0])))
            elif step["else"] is not None and step["else"].value == "inconc" and verb != "dut":
                step.remove("else")

    def link(self, verb, value):
        if value["stream"] is not None:
            self.links[value["as"].value] = self.links.get(value["stream"].value)
        elif verb == "open":
            self.links[value["as"].value] = (value["from"].value, value["to"].value)
        else:
            at = value["at"] if value["at"] is not None else value["by"]
            self.links[value["as"].value] = (at.value, None) if at is not None else None

    def expect(self, value):
        if value["within"] is not None and value["within"].value == self.suite.within:
            value.remove("within")
        order = value["order"].value if value["order"] is not None else "strict"
        if order == self.suite.order:
            value.remove("order")
        elif value["order"] is None:
            at = next((i for i, m in enumerate(value.members) if m.key in ("msg", "event", "raw")), 0)
            value.members.insert(at + 1, Member("order", scalar("strict")))

    def poll(self, value):
        if value["within"] is not None and value["within"].value == self.suite.within:
            value.remove("within")
        if value["every"] is not None and value["every"].value == "20ms":
            value.remove("every")

    def fits(self, given, wanted, ends):
        """Returns whether a field has the value that the suite gives it between these actors."""
        given = given.plain()
        if given == wanted:
            return "from." not in str(wanted) and "to." not in str(wanted)
        if ends is None or not isinstance(given, str) or not isinstance(wanted, str):
            return False
        if wanted == "$(rightmesh.role(from.kind))":
            roles = {"superpeer": "superpeer", "seller": "master", "buyer": "client", "community": "community_superpeer"}
            return given == roles.get(self.kinds.get(ends[0]))
        out = wanted
        for name, actor in (("from", ends[0]), ("to", ends[1])):
            if re.search(rf"\b{name}\.", out) and actor is None:
                return False
            out = re.sub(rf"\b{name}\.", f"{actor}.", out)
        return given == out

    def send(self, part, ends):
        name = part["msg"]
        if name is None:
            return
        wanted = self.suite.fields.get(name.value)
        if not wanted:
            return
        fields = part["fields"]
        if fields is None:
            fields = Node.__new__(Node)
            fields.members, fields.items, fields.is_flow = [], None, True
            part.members.append(Member("fields", fields))
        if fields.members is None:
            return
        for key, value in wanted.items():
            given = fields[key]
            if given is None:
                fields.members.append(Member(key, scalar("null")))
            elif self.fits(given, value, ends):
                fields.remove(key)
        if not fields.members:
            part.remove("fields")

    def build(self, value):
        """Gives a built message to its ends if they are known by its fields."""
        wanted = self.suite.fields.get(value["msg"].value) if value["msg"] is not None else None
        fields = value["fields"]
        if not wanted or fields is None or fields.members is None or "src" not in wanted or value["from"] is not None:
            return
        ends = []
        for key in ("src", "dst"):
            m = re.fullmatch(r"\$\((\w+)\.id\)", fields[key].value) if fields[key] is not None else None
            ends.append(m.group(1) if m and m.group(1) in self.kinds else None)
        duts = [n for n, a in self.root["actors"].plain().items() if a.get("role") == "dut"] if self.root["actors"] else []
        if None in ends or ends[1] not in duts or ends[0] in duts:
            return
        kept = [m for m in fields.members if not (m.key in wanted and self.fits(m.value, wanted[m.key], ends))]
        if len(kept) > len(fields.members) - 3 or any(k not in [m.key for m in fields.members] for k in wanted):
            return
        fields.members = kept
        value.members[1:1] = [Member("from", scalar(ends[0])), Member("to", scalar(ends[1]))]
        if not kept:
            value.remove("fields")

    def walk(self, node):
        """Converts the steps inside a step, in their order."""
        for m in node.members or []:
            if m.key in STEPS:
                self.walk_steps(m.value)
            elif m.key == "par":
                for branch in m.value.members or []:
                    self.walk_steps(branch.value)
            else:
                self.walk(m.value)
        for item in node.items or []:
            self.walk(item)

    def walk_steps(self, node):
        for item in node.items or []:
            item.is_step = True
            if any(m.key in VERBS for m in item.members):
                self.step(item)
            self.walk(item)

    # Files

    def convert(self):
        """Returns the text of the converted file."""
        if self.root["suite"] is not None or self.root["protocol"] is None:
            return self.source
        for key in ("steps", "cleanup"):
            if self.root[key] is not None:
                self.walk_steps(self.root[key])
        out = []
        last = 0
        members = self.root.members
        for i, m in enumerate(members):
            start = self.key_line(m)
            end = self.key_line(members[i + 1]) if i + 1 < len(members) else len(self.lines)
            out += self.lines[last:start]
            chunk = self.lines[start:end]
            last = end
            if m.key == "protocol":
                out += chunk + ["suite: ../suite.yaml"]
            elif m.key == "actors" and m.value.plain() == self.suite.actors:
                out += self.comments(chunk)
            elif m.key == "defaults":
                if m.value.plain() == self.suite.defaults:
                    out += self.comments(chunk)
                else:
                    out += chunk
            elif m.key in ("steps", "cleanup"):
                if m.key == "steps" and self.root["defaults"] is None and self.suite.defaults:
                    out.append("defaults: []")
                out += self.steps(m, start, end)
            else:
                out += chunk
        return "\n".join(out + self.lines[last:]).rstrip("\n") + "\n"

    def key_line(self, m):
        # The line of the key: the line in which its value begins, or the nearest one above that begins with the key.
        line = m.value.start.line
        while not self.lines[line].startswith(m.key + ":"):
            line -= 1
        return line

    @staticmethod
    def comments(lines):
        return [l for l in lines if l.strip().startswith("#")]

    def steps(self, m, start, end):
        writer = Writer({i: self.lines[i].strip() for i in range(start + 1, end) if self.lines[i].lstrip().startswith("#")})
        out = self.lines[start:start + 1] + writer.list(m.value, m.value.items[0].start.column - 2, is_steps=True)
        return out + writer.flush(end, m.value.items[0].start.column - 2)


def main():
    suite = Suite(sys.argv[1])
    before = after = 0
    for path in sys.argv[2:]:
        scenario = Scenario(path, suite)
        try:
            text = scenario.convert()
        except ValueError as error:
            print(error, file=sys.stderr)
            continue
        before += scenario.source.count("\n")
        after += text.count("\n")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    print(f"{before} lines, {after} now")


if __name__ == "__main__":
    main()
