"""Groups the operands of Swift's operators as Swift does.

tree-sitter-swift takes `a == b || c` for `a == (b || c)`, `!f(x)` for a call of `!f`, and `a + f(x)` for a call of `a + f`.
"""

BINARY = {"additive_expression", "multiplicative_expression", "conjunction_expression", "disjunction_expression",
          "nil_coalescing_expression", "equality_expression", "comparison_expression", "infix_expression",
          "bitwise_operation", "range_expression"}
POSTFIXED = {"call_expression", "navigation_expression", "postfix_expression"}
# The operators by how strongly they bind, with the type of node that they make.
LEVELS = [
    ("disjunction_expression", ["||"]),
    ("conjunction_expression", ["&&"]),
    ("comparison_expression", ["==", "!=", "===", "!==", "<", "<=", ">", ">=", "~="]),
    ("nil_coalescing_expression", ["??"]),
    ("range_expression", ["..<", "..."]),
    ("additive_expression", ["+", "-", "&+", "&-", "|", "^"]),
    ("multiplicative_expression", ["*", "/", "%", "&*", "&"]),
    ("bitwise_operation", ["<<", ">>", "&<<", "&>>"]),
]
BINDS = {op: (level, kind) for level, (kind, ops) in enumerate(LEVELS) for op in ops}
RIGHT = {"??"}


class Meant:
    """A node as Swift understands it. It has what the operators ask of a node of tree-sitter."""

    def __init__(self, kind, children, real, **fields):
        self.type, self.children, self.fields = kind, children, fields
        self.start_byte, self.end_byte = children[0].start_byte, children[-1].end_byte
        self.start_point, self.end_point = children[0].start_point, children[-1].end_point
        self.named_children = [child for child in children if child.is_named]
        self.parent, self.next_sibling, self.id = real.parent, real.next_sibling, id(self)
        self.is_named, self.has_error = True, real.has_error
        for child in children:
            if isinstance(child, Meant):
                child.parent = self

    def child_by_field_name(self, name):
        return self.fields.get(name)


def meant(node):
    """Returns a node as Swift understands it: itself, if tree-sitter understands it in the same way."""
    if isinstance(node, Meant) or node.type not in BINARY | POSTFIXED | {"ternary_expression", "prefix_expression"}:
        return node
    items = flat(node)
    if len(items) > 1:
        whole = climbed(items, node, 0)
    else:
        whole = items[0]
    if isinstance(whole, Meant):
        whole.parent, whole.next_sibling, whole.id = node.parent, node.next_sibling, node.id
    return whole


def flat(node):
    """Returns the operands and operators of an expression in their order. The results of a condition are one item."""
    if node.type in BINARY and len(node.children) == 3:
        left, op, right = node.children
        return flat(left) + [op] + flat(right)
    if node.type == "ternary_expression":
        condition = node.child_by_field_name("condition")
        return flat(condition) + [Results(node)]
    if node.type == "prefix_expression" and len(node.children) == 2:
        items = flat(node.children[1])
        if len(items) > 1 or items[0] is not node.children[1]:
            return [Meant("prefix_expression", [node.children[0], items[0]], node)] + items[1:]
    if node.type in POSTFIXED and len(node.children) > 1:
        first = node.children[0]
        items = flat(first) if first.type in BINARY | POSTFIXED | {"prefix_expression"} else [first]
        if first.type == "prefix_expression" and first.children[0].type != "." and len(items) == 1:
            inner = items[0].children[1]
            return [Meant("prefix_expression", [first.children[0], behind(inner, node)], node)]
        if len(items) > 1:
            return items[:-1] + [behind(items[-1], node)]
        if items[0] is not first:
            if items[0].type == "prefix_expression" and items[0].children[0].type != ".":
                op, inner = items[0].children
                return [Meant("prefix_expression", [op, behind(inner, node)], node)]
            return [behind(items[0], node)]
    return [node]


class Results:
    """`? a : b` behind a condition."""

    def __init__(self, node):
        self.node = node


def behind(operand, node):
    """Returns a call, member or the like of an operand alone, in place of one of the whole expression before it."""
    fields = {"target": operand, "suffix": node.child_by_field_name("suffix")}
    return Meant(node.type, [operand, *node.children[1:]], node, **fields)


def climbed(items, node, level):
    """Returns the group of all items, whose operators bind at least as strongly as a level. Takes them from the list."""
    left = items.pop(0)
    while items:
        if isinstance(items[0], Results):
            if level > 0:
                return left
            rest = items.pop(0).node
            yes, no = rest.child_by_field_name("if_true"), meant(rest.child_by_field_name("if_false"))
            at = next(i for i, child in enumerate(rest.children) if child.type == "?")
            left = Meant("ternary_expression", [left, *rest.children[at:-1], no], node, condition=left, if_true=yes, if_false=no)
            continue
        op = items[0].text.decode()
        binds, kind = BINDS.get(op, (5, "infix_expression"))
        if binds < level:
            return left
        op_node = items.pop(0)
        right = climbed(items, node, binds if op in RIGHT else binds + 1)
        left = Meant(kind, [left, op_node, right], node, lhs=left, rhs=right, start=left, end=right, op=op_node)
    return left
