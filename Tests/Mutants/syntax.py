"""Reads Swift with tree-sitter, and answers questions about a node of the syntax tree."""

import re

import tree_sitter
import tree_sitter_swift

from precedence import meant

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))
# A test of a seeded fault: `fault == .x`, `bug != .x`, `has(.x)`, `faults.contains(.x)`, `bug?.spoil(...)`.
SEEDED = re.compile(r"\b(?!default\b)(\w*[fF]ault|[bB]ug|faults|misbehaviour)\b(?!\()|\bhas\((?:[^()]*[\s(:?])?\(?\.[a-z]")
POSITIVE = re.compile(r"^[\w.?]*\b(\w*[fF]ault|[bB]ug)\b(\.\w+)? == \.|^[\w.?]*\b(has|contains|is)\(.*\.[a-z]\w*.*\)$")
REPORTS = re.compile(r"\.report\(|events\.append\(|\bEvent\(|\blog\.")
BODIES = ("function_body", "computed_property", "computed_getter", "computed_setter", "lambda_literal")


class Source:
    """A Swift file with its syntax tree."""

    def __init__(self, text, types=None):
        self.bytes = text.encode()
        self.root = PARSER.parse(self.bytes).root_node
        self.lines = text.split("\n")
        self.types = types or {}

    def text(self, node):
        return self.bytes[node.start_byte:node.end_byte].decode()

    def between(self, start, end):
        return self.bytes[start:end].decode()

    def type_of(self, node, name):
        """Returns the type of a parameter of the function around a node, or of the property with this name."""
        for one in ancestors(node):
            if one.type in ("function_declaration", "init_declaration"):
                for child in one.children:
                    if child.type == "parameter" and self.text(child.child_by_field_name("name")) == name:
                        return self.text(child).split(":", 1)[1].strip()
        return self.types.get(name)

    def line(self, node):
        """Returns the line of a node, counted from 1."""
        return node.start_point[0] + 1


def declared_types(sources):
    """Returns the types of the properties of a module by name, if all properties of the name have the same type."""
    types = {}
    for source in sources:
        waiting = [source.root]
        while waiting:
            node = waiting.pop()
            waiting += node.children
            if node.type != "property_declaration" or node.parent.type != "class_body":
                continue
            name, value = source.text(node.child_by_field_name("name")), None
            for child in node.children:
                if child.type == "type_annotation":
                    value = source.text(child)[1:].strip()
            types.setdefault(name, set()).add(value)
    return {name: next(iter(found)) for name, found in types.items() if len(found) == 1 and None not in found}


def declared_name(source, node):
    """Returns the name of a function, property or type that a node declares; None for other nodes."""
    if node.type not in ("function_declaration", "property_declaration", "class_declaration"):
        return None
    return source.text(node.child_by_field_name("name"))


def ancestors(node):
    while (node := node.parent) is not None:
        yield node


def inside(node, *kinds):
    return any(one.type in kinds for one in ancestors(node))


def words(text, limit=80):
    """Returns a text in one line, cut to a limit of characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit - 3] + "..."


def is_seeded(text):
    """Returns true if code tests for a seeded fault, or uses one."""
    return SEEDED.search(text) is not None


def holds_for_fault(source, node):
    """Returns true if a condition can hold only for a node with a seeded fault."""
    node = meant(node)
    if node.type == "conjunction_expression":
        return any(holds_for_fault(source, part) for part in node.named_children)
    text = source.text(node).strip()
    if node.type == "tuple_expression" and len(node.named_children) == 1:
        return holds_for_fault(source, node.named_children[0])
    return is_seeded(text) and POSITIVE.match(text) is not None


def fails_for_fault(source, node):
    """Returns true if a condition fails only for a node with a seeded fault."""
    text = source.text(node).strip()
    return is_seeded(text) and "||" not in text and "&&" not in text and ("!=" in text or text.startswith("!"))


def condition(node):
    """Returns the elements of the condition of an `if`, `guard` or `while`, each a list of its nodes."""
    elements, current = [], []
    for child in node.children[1:]:
        if child.type in ("{", "else"):
            break
        if child.type == ",":
            elements.append(current)
            current = []
        elif child.type != "comment":
            current.append(child)
    return elements + [current] if current else elements


def is_binding(element):
    """Returns true if an element of a condition is `let x = y` or `case .x = y`."""
    return element[0].type in ("value_binding_pattern", "case")


def has_result(body):
    """Returns true if the body of a function, closure or property can give a value as its only expression."""
    if body.type != "function_body":
        return True
    return any(child.type == "->" for child in body.parent.children)


def is_statement(node):
    """Returns true if a node stands alone as a statement, and is not the value of a body with one expression."""
    block = node.parent
    if block is None or block.type != "statements":
        return False
    owner = block.parent
    if len([child for child in block.named_children if child.type != "comment"]) > 1 or owner is None:
        return True
    if owner.type == "lambda_literal":
        call = next((one for one in ancestors(owner) if one.type == "call_expression"), None)
        return call is not None and callee(call) not in VALUES and is_statement(call)
    if owner.type in BODIES:
        return not has_result(owner)
    if owner.type in ("if_statement", "switch_entry"):
        holder = owner if owner.type == "if_statement" else owner.parent
        while holder.parent is not None and holder.parent.type == "if_statement":
            holder = holder.parent
        return is_statement(holder)
    return True


# Functions whose closures give values.
VALUES = {"map", "compactMap", "flatMap", "filter", "sorted", "sort", "contains", "first", "last", "min", "max", "reduce",
          "allSatisfy", "firstIndex", "lastIndex", "prefix", "drop", "removeAll", "mapValues", "count", "index", "partition"}


def callee(call):
    """Returns the last name of the function that a call names."""
    target = call.children[0]
    if target.type == "navigation_expression":
        suffix = target.child_by_field_name("suffix")
        return suffix.children[-1].text.decode() if suffix is not None else ""
    return target.text.decode() if target.type == "simple_identifier" else ""


def arguments(call):
    """Returns the arguments of a call or subscript: nodes with the field `value`, and `name` for a label."""
    suffix = call.children[-1]
    values = next((child for child in suffix.children if child.type == "value_arguments"), None)
    return [] if values is None else [child for child in values.children if child.type == "value_argument"]


def function(node):
    """Returns the declaration of the function around a node."""
    return next((one for one in ancestors(node) if one.type in ("function_declaration", "init_declaration")), None)
