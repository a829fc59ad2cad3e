"""The operators: each finds the changes that it can make at a node of the syntax tree.

An operator is a generator that yields `Change`s. Its name, with spaces for underscores, appears in every table.
`OPERATORS` maps the type of a node to the operators that look at it.
"""

import collections
import re

import syntax

# How a change is written. INSTEAD puts another expression in place of the node, NEGATED negates it, UNLESS leaves out the
# statement if a condition holds, OTHERWISE puts another statement in its place, NEVER makes a binding or a pattern fail,
# LIST shortens the list that a loop visits, PART leaves a property out of a key.
INSTEAD, NEGATED, UNLESS, OTHERWISE, NEVER, LIST, PART = "instead negated unless otherwise never list part".split()
Change = collections.namedtuple("Change", "operator how label text")
OPERATORS = collections.defaultdict(list)

COMPARED = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
ADDED = {"+": "-", "-": "+", "&+": "&-", "&-": "&+"}
OPPOSITE = {"first": "last", "last": "first", "min": "max", "max": "min", "removeFirst": "removeLast",
            "removeLast": "removeFirst", "popFirst": "popLast", "popLast": "popFirst", "prefix": "suffix",
            "suffix": "prefix", "dropFirst": "dropLast", "dropLast": "dropFirst", "firstIndex": "lastIndex",
            "lastIndex": "firstIndex"}
UNITS = {"nanoseconds", "microseconds", "milliseconds", "seconds", "minutes", "hours", "days"}
TIMED = re.compile(r"\bnow\b|\bdeadline\b|\bdue\b|\.now\b")
TEXTS = ("line_string_literal", "multi_line_string_literal", "raw_string_literal", "regex_literal")


def operator(*types):
    """Registers an operator for nodes of these types."""
    def register(function):
        name = function.__name__.rstrip("_").replace("_", " ")

        def named(source, node):
            for how, label, text in function(source, node):
                yield Change(name, how, label, text)
        for kind in types:
            OPERATORS[kind].append(named)
        return function
    return register


def replaced(source, node, part, text):
    """Returns the text of a node with another text in place of a part."""
    return (source.between(node.start_byte, part.start_byte) + text + source.between(part.end_byte, node.end_byte))


def sides(source, node, op):
    return source.between(node.start_byte, op.start_byte).strip(), source.between(op.end_byte, node.end_byte).strip()


def symbol(source, node, table):
    return next((child for child in node.children if source.text(child) in table), None)


# Conditions

@operator("equality_expression", "comparison_expression", "infix_expression")
def comparison(source, node):
    """`==` and `!=` negated; `<` and `>` take equal values as well, or no longer."""
    op = symbol(source, node, COMPARED)
    if op is None or syntax.is_seeded(source.text(node)):
        return
    was, becomes = source.text(op), COMPARED[source.text(op)]
    if was in ("==", "!="):
        yield NEGATED, f"{was} becomes {becomes}", ""
    else:
        yield INSTEAD, f"{was} becomes {becomes}", replaced(source, node, op, becomes)


@operator("conjunction_expression", "disjunction_expression")
def one_part(source, node):
    """`a && b` and `a || b` become `a`, or `b`."""
    op = symbol(source, node, ("&&", "||"))
    if op is None:
        return
    first, second = sides(source, node, op)
    for kept, dropped in ((first, second), (second, first)):
        if not syntax.is_seeded(dropped) and not syntax.is_seeded(kept):
            yield INSTEAD, f"without {source.text(op)} {syntax.words(dropped, 60)}", kept


@operator("prefix_expression")
def negation(source, node):
    """`!a` becomes `a`."""
    if source.text(node).startswith("!") and not syntax.is_seeded(source.text(node)):
        yield NEGATED, "! left out", ""


@operator("boolean_literal")
def truth(source, node):
    """`true` becomes `false`, and the reverse. An endless loop stays: Swift wants no `return` behind it."""
    if node.parent.type != "while_statement":
        yield NEGATED, f"{source.text(node)} becomes its opposite", ""


@operator("condition")
def condition(source, node):
    """A condition without an operator is negated; one of several conditions is left out."""
    text = source.text(node)
    if syntax.is_seeded(text):
        return
    if node.type in ("simple_identifier", "call_expression", "navigation_expression"):
        yield NEGATED, f"negated: {syntax.words(text, 60)}", ""
    holder = node.parent
    if holder.type in ("if_statement", "guard_statement", "while_statement") and len(syntax.condition(holder)) > 1:
        yield INSTEAD, f"left out: {syntax.words(text, 60)}", "true"


@operator("binding")
def binding(source, element):
    """`if let x = y` and `if case .x = y` never hold."""
    text = source.between(element[0].start_byte, element[-1].end_byte)
    if not syntax.is_seeded(text):
        yield NEVER, f"never: {syntax.words(text, 60)}", ""


@operator("where")
def where_clause(source, node):
    """A `where` clause is left out."""
    if not syntax.is_seeded(source.text(node)):
        yield INSTEAD, f"without where {syntax.words(source.text(node), 60)}", "true"


@operator("switch_pattern")
def pattern(source, node):
    """A pattern of a `case` matches nothing, so that the value goes to a later case."""
    entry = node.parent
    has_default = any(child.type == "switch_entry" and child.children[0].type == "default_keyword"
                      for child in entry.parent.children)
    if node.next_sibling is not None and node.next_sibling.type == "where_keyword":
        return
    if has_default and not syntax.is_seeded(source.text(node)):
        yield NEVER, f"case {syntax.words(source.text(node), 60)} left out", ""


# Values

@operator("integer_literal")
def number(source, node):
    """A number is one larger; a duration of that many units is doubled as well."""
    text = source.text(node)
    plain = text.replace("_", "")
    if not plain.isdigit() or inside_text(node):
        return
    yield INSTEAD, f"{text} becomes {int(plain) + 1}", str(int(plain) + 1)
    call = node.parent.parent.parent.parent if node.parent.type == "value_argument" else None
    if call is not None and call.type == "call_expression" and syntax.callee(call) in UNITS:
        yield INSTEAD, f"{text} becomes {int(plain) * 2}", str(int(plain) * 2)


@operator("additive_expression")
def sum_(source, node):
    """`a + b` becomes `a - b`, and the reverse."""
    op = symbol(source, node, ADDED)
    left, right = node.children[0], node.children[-1]
    if op is None or left.type in TEXTS + ("array_literal",) or right.type in TEXTS + ("array_literal",):
        return
    if TIMED.search(source.text(node)):
        return  # see `delay`; times cannot be subtracted like that
    if not syntax.is_seeded(source.text(node)):
        becomes = ADDED[source.text(op)]
        yield INSTEAD, f"{source.text(op)} becomes {becomes}", replaced(source, node, op, becomes)


@operator("additive_expression")
def delay(source, node):
    """`now + d` is later by another `d`, or never, or at once."""
    op = symbol(source, node, ("+",))
    text = source.text(node)
    if op is None or not TIMED.search(text) or syntax.is_seeded(text):
        return
    left, right = sides(source, node, op)
    yield INSTEAD, f"{syntax.words(text, 60)} becomes {syntax.words(left, 30)}", left
    yield INSTEAD, f"{syntax.words(text, 60)} doubled", f"{text} + {right}"
    yield INSTEAD, f"{syntax.words(text, 60)} becomes never", ".never"


@operator("nil_coalescing_expression")
def default(source, node):
    """`a ?? b` becomes `b`."""
    op = symbol(source, node, ("??",))
    if op is not None and not syntax.is_seeded(source.text(node)):
        value, other = sides(source, node, op)
        yield INSTEAD, f"always {syntax.words(other, 40)} for {syntax.words(value, 40)}", other


@operator("ternary_expression")
def exchanged_results(source, node):
    """`c ? a : b` becomes `c ? b : a`, unless an operator changes the condition."""
    test = node.child_by_field_name("condition")
    yes, no = node.child_by_field_name("if_true"), node.child_by_field_name("if_false")
    if test is None or yes is None or no is None or syntax.is_seeded(source.text(test)):
        return
    if test.type in ("simple_identifier", "call_expression", "navigation_expression"):
        test = source.text(test)
        yield INSTEAD, f"results of {syntax.words(test, 40)} exchanged", f"{test} ? {source.text(no)} : {source.text(yes)}"


@operator("navigation_expression")
def other_end(source, node):
    """`first` becomes `last`, as a property."""
    suffix = node.child_by_field_name("suffix")
    if suffix is None or node.parent.type == "call_expression" or node.children[-1] != suffix:
        return
    name = suffix.children[-1]
    if source.text(name) in ("first", "last"):
        becomes = OPPOSITE[source.text(name)]
        yield INSTEAD, f"{source.text(name)} becomes {becomes}", replaced(source, node, name, becomes)


@operator("call_expression")
def opposite(source, node):
    """`first` becomes `last`, `min` becomes `max`, and so on, as a function."""
    name = syntax.callee(node)
    if name not in OPPOSITE or syntax.is_seeded(source.text(node)):
        return
    target, given = node.children[0], syntax.arguments(node)
    if given and target.type == "navigation_expression" and name in ("first", "last", "prefix", "suffix"):
        label = given[0].child_by_field_name("name")
        if label is None and name in ("first", "last") or label is not None and source.text(label) not in ("where", "while"):
            return  # a function of another type
    if not given and name in ("prefix", "suffix"):
        return  # `prefix { ... }` has no opposite
    part = target.child_by_field_name("suffix").children[-1] if target.type == "navigation_expression" else target
    becomes = OPPOSITE[name]
    yield INSTEAD, f"{name} becomes {becomes}", replaced(source, node, part, becomes)
    if name in ("min", "max") and target.type == "simple_identifier" and len(given) == 2:
        for kept, dropped in (given, given[::-1]):
            yield INSTEAD, f"{name} without {syntax.words(source.text(dropped), 40)}", source.text(kept)


@operator("range_end")
def range_end(source, node):
    """A range ends one later, or one earlier."""
    text = source.text(node)
    if not syntax.is_seeded(text) and node.type != "integer_literal":
        yield INSTEAD, f"ends at {syntax.words(text, 40)} + 1", f"{text} + 1"
        yield INSTEAD, f"ends at {syntax.words(text, 40)} - 1", f"{text} - 1"


@operator("range_start")
def range_start(source, node):
    """A range begins one later."""
    text = source.text(node)
    if not syntax.is_seeded(text) and node.type != "integer_literal":
        yield INSTEAD, f"begins at {syntax.words(text, 40)} + 1", f"{text} + 1"


@operator("collection")
def visited(source, node):
    """A loop visits the first element alone, all but the first, or all but the last."""
    text = syntax.words(source.text(node), 40)
    if not syntax.is_seeded(source.text(node)):
        for label in ("the first alone of", "all but the first of", "all but the last of"):
            yield LIST, f"{label} {text}", ""


@operator("array_literal")
def elements(source, node):
    """A list is written without its first element, or without its last."""
    given = [child for child in node.named_children if child.type != "comment"]
    if len(given) < 2 or syntax.is_seeded(source.text(node)):
        return
    texts = [source.text(child) for child in given]
    for kept, dropped in ((texts[1:], texts[0]), (texts[:-1], texts[-1])):
        yield INSTEAD, f"without {syntax.words(dropped, 40)}", "[" + ", ".join(kept) + "]"


@operator("call_expression")
def exchanged_arguments(source, node):
    """Two arguments of the same type change their places. The type is known by the name, or by the literal."""
    given = syntax.arguments(node)
    if len(given) < 2 or syntax.is_seeded(source.text(node)) or node.children[-1].children[0].type == "lambda_literal":
        return
    for one, other in zip(given, given[1:]):
        a, b = one.child_by_field_name("value"), other.child_by_field_name("value")
        if a is None or b is None or source.text(a) == source.text(b):
            continue
        kind = kind_of(source, a)
        if kind is not None and kind == kind_of(source, b):
            text = (source.between(node.start_byte, a.start_byte) + source.text(b) + source.between(a.end_byte, b.start_byte)
                    + source.text(a) + source.between(b.end_byte, node.end_byte))
            yield INSTEAD, f"{syntax.words(source.text(a), 30)} and {syntax.words(source.text(b), 30)} exchanged", text


def kind_of(source, value):
    """Returns the type of a value, as far as its name or literal tells."""
    if value.type.endswith("_literal"):
        return value.type
    text = source.text(value)
    return source.type_of(value, text.split(".")[-1]) if re.fullmatch(r"[\w.]+", text) else None


# Statements

def left_out(text):
    return UNLESS, f"left out: {syntax.words(text, 70)}", "true"


def is_deletable(source, node):
    text = source.text(node)
    if not syntax.is_statement(node) or syntax.is_seeded(text) or syntax.REPORTS.search(text):
        return False
    return not text.startswith(("self.init", "super.init", "self = ", "return", "defer", "do {", "repeat"))


@operator("call_expression")
def call(source, node):
    """A call is left out."""
    if is_deletable(source, node) and removal(source, node) is None:
        yield left_out(source.text(node))


@operator("assignment")
def assignment(source, node):
    """An assignment is left out."""
    if is_deletable(source, node) and not syntax.inside(node, "init_declaration") and removal(source, node) is None:
        if not is_first_value(source, node):
            yield left_out(source.text(node))


def is_first_value(source, node):
    """Returns true if an assignment is to a constant or variable that is declared without a value around it."""
    target = source.text(node.child_by_field_name("target"))
    declared = re.compile(rf"(let|var) {re.escape(target)}: [^={{]*")
    blocks = [one for one in syntax.ancestors(node) if one.type == "statements"]
    return any(declared.fullmatch(source.text(child)) for block in blocks for child in block.children)


@operator("assignment")
def timer_kept(source, node):
    """A timer that runs is not started anew."""
    text = source.text(node)
    target = source.text(node.child_by_field_name("target"))
    if is_deletable(source, node) and re.search(r"=.*\+", text, re.S) and TIMED.search(text):
        if re.fullmatch(r"[\w.\[\]?]+", target) and not syntax.inside(node, "init_declaration"):
            yield UNLESS, f"not restarted: {syntax.words(text, 70)}", f"{target} != nil"


def removal(source, node):
    """Returns the list or map from which a statement removes something; None if it removes nothing."""
    text = source.text(node)
    if node.type == "assignment":
        found = re.fullmatch(r"(.+?)\[[^\[\]]*\] = nil", text, re.S)
        whole = re.fullmatch(r"([\w.]+) = (?:\[\]|\[:\]|nil)", text)
        return (found.group(1), True) if found else (whole.group(1), False) if whole else None
    if node.children[0].type == "navigation_expression" and syntax.callee(node) in (
            "remove", "removeValue", "removeAll", "removeFirst", "removeLast"):
        target = node.children[0]
        name = source.between(target.start_byte, target.child_by_field_name("suffix").start_byte)
        return name, syntax.callee(node) in ("remove", "removeValue")
    return None


@operator("assignment", "call_expression")
def state_kept(source, node):
    """What a statement removes stays."""
    if is_deletable(source, node) and removal(source, node) is not None and not syntax.inside(node, "init_declaration"):
        yield UNLESS, f"kept: {syntax.words(source.text(node), 70)}", "true"


@operator("assignment", "call_expression")
def state_lost(source, node):
    """A statement removes everything, instead of one entry."""
    if is_deletable(source, node) and (found := removal(source, node)) is not None and found[1]:
        if re.fullmatch(r"[\w.\[\]?]+", found[0]):
            yield OTHERWISE, f"all of {syntax.words(found[0], 40)} removed", f"{found[0]}.removeAll()"


@operator("control_transfer_statement")
def jump(source, node):
    """A `return`, `continue` or `break` in the middle is left out."""
    text = source.text(node).strip()
    block = node.parent
    if text not in ("return", "continue", "break") or block.type != "statements" or block.parent.type == "switch_entry":
        return
    if block.parent.type == "guard_statement" or node == block.parent.named_children[-1]:
        return
    yield UNLESS, f"left out: {text}", "true"


# Declarations

@operator("class_body")
def part_of_key(source, body):
    """A key of a map, which is a struct that is Hashable, ignores one of its properties."""
    owner = body.parent
    head = source.between(owner.start_byte, body.start_byte)
    if not re.search(r"\bstruct\b.*\bHashable\b", head, re.S) or re.search(r"func (==|hash)", source.text(body)):
        return
    names = stored(source, body)
    if len(names) > 1:
        for name in names:
            yield PART, f"without {name}", name


def stored(source, body):
    """Returns the names of the stored properties of a type."""
    names = []
    for child in body.children:
        if child.type == "property_declaration" and not any(k.type == "computed_property" for k in child.children):
            if "static" not in source.between(child.start_byte, child.child_by_field_name("name").start_byte).split():
                names.append(source.text(child.child_by_field_name("name")))
    return names


def inside_text(node):
    return syntax.inside(node, *TEXTS)
