"""Rewrites a Swift file so that all its mutants are compiled in, and remembers where each stands.

The lines of the file keep their numbers. Each mutant has a place: a file, a line, an operator and what it changes.
"""

import bisect
import dataclasses
import hashlib
import re

import operators
import precedence
import syntax
from operators import INSTEAD, LIST, NEGATED, NEVER, OTHERWISE, PART, UNLESS

# Code that is left alone: it describes, declares or reports, or the harness calls it to look into the node.
VERBATIM = {"enum_entry", "attribute", "parameter", "availability_condition", "import_declaration", "macro_invocation",
            "type_annotation", "type_arguments", "user_type", "array_type", "tuple_type", "directly_assignable_expression", "operator_declaration", "typealias_declaration",
            "key_path_expression", "subscript_declaration", "protocol_declaration", *operators.TEXTS}
UNTOUCHED = {"answer", "rows", "hash", "description", "makeIterator"}
CONTAINERS = {"source_file", "class_declaration", "class_body", "enum_class_body", "function_declaration",
              "init_declaration", "function_body", "statements", "property_declaration", "computed_property"}
CONDITIONAL = ("if_statement", "guard_statement", "while_statement")
# Marks in the written text, removed before it is used: a mutant's own text begins and ends, and all that surrounds it.
OWN, OWN_END, FULL, FULL_END, NUMBER_END = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
MARK = re.compile(f"{OWN}(\\d+){NUMBER_END}|{FULL}(\\d+){NUMBER_END}|({OWN_END})|({FULL_END})|(\n)")


@dataclasses.dataclass(frozen=True)
class Place:
    """A place of a source that an operator changes."""
    file: str
    line: int
    text: str  # the text of the line, without the blanks around it
    operator: str
    change: str
    ordinal: int  # among equal changes of the file
    is_constant: bool
    scope: str  # the function around it

    @property
    def key(self):
        return self.file, self.text, self.operator, self.change, self.ordinal

    def hash(self, salt=""):
        return hashlib.sha256("\t".join([salt, *map(str, self.key)]).encode()).hexdigest()


@dataclasses.dataclass
class Span:
    """Where a mutant stands in the written text: from (line, column) to (line, column), counted from 1."""
    number: int
    is_own: bool
    begin: tuple
    end: tuple = (0, 0)

    @property
    def size(self):
        return self.end[0] - self.begin[0], self.end[1] - self.begin[1]


class Rewriter:
    """Writes one file. `left_alone` holds the keys of places that do not compile, `uncalled` the names of declarations
    that no node under test calls."""

    def __init__(self, file, source, first, left_alone=frozenset(), uncalled=frozenset()):
        self.file, self.source, self.first, self.left_alone = file, source, first, left_alone
        self.uncalled, self.met = uncalled, set()
        self.places, self.compiled = [], []
        self.roles, self.verbatim, self.counts = {}, set(), {}

    def rewritten(self):
        """Returns the text, and sets `places` and `spans`."""
        marked = self.emit(self.source.root)
        if self.compiled and not re.search(r"^[\w ]*\bimport Node$", marked, re.M):
            marked = "internal import Node; " + marked
        text, self.spans = without_marks(marked)
        return text

    # From nodes to text

    def emit(self, node):
        node = precedence.meant(node)
        if node.type in VERBATIM or node.id in self.verbatim or self.is_untouched(node):
            return self.source.text(node)
        self.look_at_children(node)
        out, at = [], node.start_byte
        for child in node.children:
            out.append(self.source.between(at, child.start_byte))
            out.append(self.emit(child))
            at = child.end_byte
        text = "".join(out) + self.source.between(at, node.end_byte)
        return self.with_changes(node, text)

    def is_untouched(self, node):
        if node.type in ("pattern", "navigation_suffix") or node.type == "prefix_expression" and self.source.text(node).startswith("&"):
            return True
        if node.type == "call_expression" and self.source.text(node).startswith(("_read", "_modify", "yield ", "NodeControl(")):
            return True
        if node.has_error and node.type not in CONTAINERS:
            return True
        if self.uncalled and (name := syntax.declared_name(self.source, node)) in self.uncalled:
            self.met.add(name)
            return True
        if node.type == "function_declaration":
            name = self.source.text(node.child_by_field_name("name"))
            return name in UNTOUCHED or not name[0].isalpha() and name[0] != "_"
        return False

    def look_at_children(self, node):
        """Notes which children are conditions, ends of ranges and so on, and which are code of seeded faults."""
        if node.type in CONDITIONAL:
            elements = syntax.condition(node)
            for element in elements:
                if syntax.is_binding(element):
                    self.roles[element[-1].id] = ("binding", element)
                elif len(element) == 1:
                    self.roles[element[0].id] = ("condition", precedence.meant(element[0]))
            self.skip_seeded_blocks(node, elements)
        elif node.type == "conjunction_expression" and syntax.holds_for_fault(self.source, node):
            self.verbatim.update(child.id for child in node.named_children)
        elif node.type == "ternary_expression":
            test = node.child_by_field_name("condition")
            if syntax.holds_for_fault(self.source, test):
                self.verbatim.add(node.child_by_field_name("if_true").id)
            elif syntax.fails_for_fault(self.source, test):
                self.verbatim.add(node.child_by_field_name("if_false").id)
        elif node.type == "for_statement":
            value = node.child_by_field_name("collection")
            if value is not None and value.type != "range_expression":
                self.roles[value.id] = ("collection", value)
        elif node.type == "range_expression":
            for field, role in (("start", "range_start"), ("end", "range_end")):
                if (child := node.child_by_field_name(field)) is not None:
                    self.roles[child.id] = (role, child)
        if node.type == "switch_statement" and syntax.is_seeded(self.source.text(node.child_by_field_name("expr"))):
            self.verbatim.update(child.id for child in node.children if child.type == "switch_entry"
                                 and re.match(r"case \(?\.", self.source.text(child)))
        if node.type in ("where_clause", "switch_entry"):
            for keyword, value in zip(node.children, node.children[1:]):
                if keyword.type == "where_keyword":
                    self.roles[value.id] = ("where", precedence.meant(value))
                    if syntax.holds_for_fault(self.source, value):
                        self.verbatim.add(node.id)
                        self.verbatim.update(child.id for child in node.children if child.type == "statements")

    def skip_seeded_blocks(self, node, elements):
        """Leaves a block alone that only a node with a seeded fault enters."""
        blocks = [child for child in node.children if child.type == "statements"]
        tests = [element[0] for element in elements if len(element) == 1]
        bindings = [element for element in elements if syntax.is_binding(element)]
        if not blocks:
            return
        seeded = any(syntax.holds_for_fault(self.source, test) for test in tests) or any(
            re.search(r"\b(bug|fault)\b(?!s)", self.source.text(part)) for one in bindings for part in one[1:2])
        if node.type == "guard_statement":
            seeded = all(len(one) == 1 and syntax.fails_for_fault(self.source, one[0]) for one in elements)
        if seeded:
            self.verbatim.add(blocks[0].id)
            if node.type == "if_statement":
                self.verbatim.update(part.id for element in elements for part in element)
        elif node.type == "if_statement" and len(elements) == 1 and tests:
            if syntax.fails_for_fault(self.source, tests[0]):
                at = node.children.index(blocks[0])
                self.verbatim.update(child.id for child in node.children[at + 1:] if child.type in ("statements", "if_statement"))

    # From changes to text

    def with_changes(self, node, text):
        seen = [(node.type, node)]
        if node.id in self.roles:
            seen.append(self.roles[node.id])
        lists = []
        for kind, subject in seen:
            for operator in operators.OPERATORS[kind]:
                for change in operator(self.source, subject):
                    if "\n" in change.text and "{" in change.text:
                        continue  # it cannot be written in one line
                    number = self.place(node, change)
                    if change.how == LIST or change.how == PART:
                        lists.append((number, change))
                    elif number is not None:
                        text = self.written(number, change, text, self.is_constant(node))
        if any(number is not None for number, _ in lists):
            text = self.written_list(text, lists) if lists[0][1].how == LIST else self.written_key(node, text, lists)
        return text

    def place(self, node, change):
        """Registers a place. Returns its number, or None if it is left alone."""
        line = self.source.line(node)
        text = self.source.lines[line - 1].strip()
        same = (text, change.operator, change.label)
        self.counts[same] = self.counts.get(same, -1) + 1
        around = syntax.function(node)
        name = around and around.child_by_field_name("name")
        place = Place(self.file, line, text, change.operator, change.label, self.counts[same], self.is_constant(node),
                      self.source.text(name) if name else "")
        self.places.append(place)
        number = self.first + len(self.places) - 1
        if place.key in self.left_alone:
            return None
        self.compiled.append(number)
        return number

    def is_constant(self, node):
        """Returns true in the initial value of a static or global constant."""
        for one in syntax.ancestors(node):
            if one.type in ("function_declaration", "init_declaration", "computed_property", "lambda_literal"):
                return False
            if one.type == "property_declaration":
                return one.parent.type == "source_file" or "static" in self.source.text(one).split("=")[0].split()
        return False

    @staticmethod
    def written(number, change, text, is_constant):
        on = f"Mutant.{'constant' if is_constant else 'on'}({number})"
        begin, end = f"{FULL}{number}{NUMBER_END}", FULL_END

        def own(inner):
            return f"{OWN}{number}{NUMBER_END}{inner}{OWN_END}"
        if change.how == INSTEAD:
            return f"{begin}({own(f'{on} ? {flat(change.text)}')} : {text}){end}"
        if change.how == NEGATED:
            if is_constant:
                return f"{begin}({own(on)} ? !({text}) : {text}){end}"
            return f"{begin}{own('Mutant.flip')}({number}, {text}){end}"
        if change.how == UNLESS:
            test = f"!{on}" if change.text == "true" else f"!({on} && {flat(change.text)})"
            return f"{begin}{own(f'if {test}')} {{ {text} }}{end}"
        if change.how == OTHERWISE:
            return f"{begin}{own(f'if {on} {{ {flat(change.text)} }}')} else {{ {text} }}{end}"
        joint = " where" if change.operator == "pattern" else ","
        return f"{begin}{text}{own(f'{joint} !{on}')}{end}"

    @staticmethod
    def written_list(text, changes):
        numbers = [number if number is not None else -1 for number, _ in changes]
        known = next(number for number in numbers if number >= 0)
        marks = "".join(f"{FULL}{number}{NUMBER_END}" for number in numbers if number != known and number >= 0)
        head = f"{OWN}{known}{NUMBER_END}Mutant.list{OWN_END}"
        return f"{marks}{FULL}{known}{NUMBER_END}{head}({numbers[0]}, {numbers[1]}, {numbers[2]}, {text}){FULL_END}" + (
            FULL_END * marks.count(FULL))

    def written_key(self, body, text, changes):
        """Returns the body of a struct with `==` and `hash` written out."""
        access = "public " if re.search(r"\bpublic\b", self.source.between(body.parent.start_byte, body.start_byte)) else ""
        equal, hashed = [], []
        for number, change in changes:
            name = change.text
            equal.append(f"a.{name} == b.{name}" if number is None else f"(Mutant.on({number}) || a.{name} == b.{name})")
            hashed.append(f"h.combine({name})" if number is None else f"if !Mutant.on({number}) {{ h.combine({name}) }}")
        known = [number for number, _ in changes if number is not None]
        code = (f"{access}static func == (a: Self, b: Self) -> Bool {{ {' && '.join(equal)} }}; "
                f"{access}func hash(into h: inout Hasher) {{ {'; '.join(hashed)} }};")
        begin = "".join(f"{FULL}{number}{NUMBER_END}" for number in known)
        return "{ " + begin + code + FULL_END * len(known) + text[1:]


def flat(text):
    """Returns a text in one line, so that lines keep their numbers. Comments at the ends of lines are left out."""
    return " ".join(re.sub(r"(^|\s)//.*", "", line).strip() for line in text.split("\n"))


def without_marks(marked):
    """Returns the text without the marks, and the spans of the mutants in it."""
    out, spans, open_own, open_full = [], [], [], []
    line, column, at = 1, 1, 0
    for found in MARK.finditer(marked):
        piece = marked[at:found.start()]
        out.append(piece)
        column += len(piece.encode())
        at = found.end()
        own, full, own_end, full_end, newline = found.groups()
        if newline:
            out.append("\n")
            line, column = line + 1, 1
        elif own or full:
            span = Span(int(own or full), bool(own), (line, column))
            spans.append(span)
            (open_own if own else open_full).append(span)
        else:
            (open_own if own_end else open_full).pop().end = (line, column)
    return "".join(out) + marked[at:], spans


def culprits(spans, line, column):
    """Returns the numbers of the mutants that an error of the compiler at a position can come from."""
    around = [span for span in spans if span.begin <= (line, column) <= span.end]
    for candidates in ([span for span in around if span.is_own], around):
        if candidates:
            return {min(candidates, key=lambda span: span.size).number}
    return {span.number for span in spans if span.begin[0] <= line <= span.end[0]}
