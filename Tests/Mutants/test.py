#!/usr/bin/env python3
"""Tests of the rewriter: small sources with the places that are expected, and what is left alone."""

import json
import pathlib
import tempfile
import unittest

import drive
import equivalent
import protocols
import report
import rewrite
import syntax
import tree


def rewritten(body, left_alone=frozenset(), around="mutating func f() {{\n{}\n}}"):
    """Returns the text and the rewriter of a struct with a function."""
    text = "import Node\nstruct Example {\n" + around.format(body) + "\n}\n"
    source = syntax.Source(text, syntax.declared_types([syntax.Source(text)]))
    writer = rewrite.Rewriter("Example.swift", source, 1, left_alone)
    return writer.rewritten(), writer


def changes(body, operator=None, **more):
    """Returns the changes of an operator, or all changes with their operators."""
    _, writer = rewritten(body, **more)
    return [place.change if operator else (place.operator, place.change) for place in writer.places
            if operator in (None, place.operator)]


class Expressions(unittest.TestCase):
    def test_negates_equality(self):
        self.assertEqual(changes("let x = a == b", "comparison"), ["== becomes !="])

    def test_moves_limit_of_order(self):
        text, _ = rewritten("let x = a < b")
        self.assertIn("let x = (Mutant.on(1) ? a <= b : a < b)", text)

    def test_keeps_one_part_of_conjunction(self):
        self.assertEqual(changes("let x = a && b", "one part"), ["without && b", "without && a"])

    def test_moves_limit_after_binding(self):
        # tree-sitter takes the `<=` behind a binding for an operator that it does not know.
        self.assertEqual(changes("guard let x = y, x <= z, w else { return }", "comparison"), ["<= becomes <"])

    def test_reads_operator_before_call(self):
        self.assertEqual(changes("let x = !g(y)"), [("negation", "! left out")])
        text, _ = rewritten("let x = a + g(b)")
        self.assertIn("let x = (Mutant.on(1) ? a - g(b) : a + g(b))", text)
        self.assertEqual(changes("if a, !g(b).c(d) { }"), [
            ("condition", "negated: a"), ("condition", "left out: a"), ("negation", "! left out"),
            ("condition", "left out: !g(b).c(d)")])

    def test_groups_as_swift_does(self):
        text, _ = rewritten("let x = a == b || c < d && e")
        self.assertIn("Mutant.flip(1, a == b) || ", text)
        self.assertEqual(changes("let x = a == b || c < d && e", "one part"), [
            "without && e", "without && c < d", "without || c < d && e", "without || a == b"])
        self.assertEqual(changes("let x = a & 1 != 0 ? 2 : 3", "comparison"), ["!= becomes =="])
        text, _ = rewritten("let x = .zero - offset")
        self.assertIn("(Mutant.on(1) ? .zero + offset : .zero - offset)", text)

    def test_increases_number_and_doubles_duration(self):
        self.assertEqual(changes("let x = y.seconds(5)", "number"), ["5 becomes 6", "5 becomes 10"])

    def test_leaves_default_and_exchanges_ends(self):
        self.assertEqual(changes("let x = a.first ?? b"), [("other end", "first becomes last"), ("default", "always b for a.first")])

    def test_exchanges_minimum_and_drops_bound(self):
        self.assertEqual(changes("let x = min(a, b)", "opposite"), ["min becomes max", "min without b", "min without a"])

    def test_shortens_list_and_loop(self):
        self.assertEqual(changes("let x = [a, b]", "elements"), ["without a", "without b"])
        text, writer = rewritten("for x in all { }")
        self.assertIn("for x in Mutant.list(1, 2, 3, all) { }", text)
        self.assertEqual(len(writer.places), 3)

    def test_moves_ends_of_range(self):
        self.assertEqual(changes("let x = a..<b"), [("range start", "begins at a + 1"), ("range end", "ends at b + 1"), ("range end", "ends at b - 1")])

    def test_delays_timer(self):
        self.assertEqual(changes("let x = now + delay", "delay"), [
            "now + delay becomes now", "now + delay doubled", "now + delay becomes never"])
        self.assertEqual(changes("deadline = now + delay", "timer kept"), ["not restarted: deadline = now + delay"])

    def test_exchanges_arguments_of_same_type(self):
        around = "var a: Int\nvar b: Int\nvar c: Text\nmutating func f() {{\n{}\n}}"
        self.assertEqual(changes("g(a, to: b)", "exchanged arguments", around=around), ["a and b exchanged"])
        self.assertEqual(changes("g(a, to: c)", "exchanged arguments", around=around), [])

    def test_drops_where_and_pattern(self):
        body = "switch x {\ncase .a, .b: g()\ncase .c where y: h()\ndefault: break\n}"
        self.assertEqual(changes(body, "pattern"), ["case .a left out", "case .b left out"])
        self.assertEqual(changes(body, "where clause"), ["without where y"])
        self.assertEqual(changes("for x in y where z { }", "where clause"), ["without where z"])

    def test_keeps_patterns_of_exhaustive_switch(self):
        self.assertEqual(changes("switch x {\ncase .a: g()\ncase .b: h()\n}", "pattern"), [])

    def test_drops_and_negates_conditions(self):
        self.assertEqual(changes("if let a, b { }"), [
            ("binding", "never: let a"), ("condition", "negated: b"), ("condition", "left out: b")])


class Statements(unittest.TestCase):
    def test_leaves_out_call_and_assignment(self):
        text, _ = rewritten("g()\nx = y")
        self.assertIn("if !Mutant.on(1) { g() }\nif !Mutant.on(2) { x = y }", text)

    def test_keeps_and_loses_state(self):
        self.assertEqual(changes("all[x] = nil"), [("state kept", "kept: all[x] = nil"), ("state lost", "all of all removed")])
        self.assertEqual(changes("all.remove(x)"), [("state kept", "kept: all.remove(x)"), ("state lost", "all of all removed")])

    def test_loses_state_of_optional(self):
        text, _ = rewritten("all[x]?.remove(y)")
        self.assertIn("all[x]?.removeAll()", text)

    def test_leaves_out_statement_of_closure(self):
        self.assertEqual(changes("run { g() }", "call"), ["left out: g()", "left out: run { g() }"])
        self.assertEqual(changes("let x = run { g() }", "call"), [])
        self.assertEqual(changes("defer { g() }", "call"), ["left out: g()"])
        self.assertEqual(changes("let x = y.map { g($0) }", "call"), [])

    def test_keeps_first_value(self):
        self.assertEqual(changes("let x: Int\nif a { x = 1 } else { x = b }", "assignment"), [])

    def test_keeps_endless_loop(self):
        self.assertEqual(changes("while true { }"), [])

    def test_keeps_value_of_function(self):
        self.assertEqual(changes("g()", "call", around="func f() -> Int {{ {} }}"), [])

    def test_ignores_part_of_key(self):
        text, writer = rewritten("", around="struct Key: Hashable {{\nvar a: Int\nvar b: Int\n}}{}")
        self.assertEqual([place.change for place in writer.places], ["without a", "without b"])
        self.assertIn("(Mutant.on(1) || a.a == b.a) && (Mutant.on(2) || a.b == b.b)", text)


class LeftAlone(unittest.TestCase):
    def test_skips_code_of_seeded_faults(self):
        self.assertEqual(changes("if fault == .late { g(); x = 3 }"), [])
        self.assertEqual(changes("if has(.late), y { g() }"), [])
        self.assertEqual(changes("if x == 3 || bug == .late && y < 4 { g() }", "number"), ["3 becomes 4"])
        self.assertEqual(changes("if bug == .late, y == 4, !z { g() }"), [])
        self.assertEqual(changes("let x = bug == .late ? 3 : 4", "number"), ["4 becomes 5"])
        self.assertEqual(changes("guard fault != .late else { g(); return }", "call"), [])
        self.assertEqual(changes("if bug != .late { g() }", "call"), ["left out: g()"])

    def test_skips_descriptions_of_commands(self):
        self.assertEqual(changes('let x = [NodeControl(tells: "a", "b", .one("c"))]'), [])

    def test_skips_reports_and_texts(self):
        self.assertEqual(changes('out.append(.report(Event("x")))\nlet x = "a \\(3)"'), [])

    def test_leaves_out_known_places(self):
        _, writer = rewritten("g()\nh()")
        text, again = rewritten("g()\nh()", {writer.places[0].key})
        self.assertIn("g()\nif !Mutant.on(2) { h() }", text)
        self.assertEqual(again.compiled, [2])

    def test_keeps_numbers_of_lines(self):
        body = "let x = a &&\n  b\ng(\n  1,\n  2)\nfor y in [\n 1, 2] { }"
        text, _ = rewritten(body)
        self.assertEqual(text.count("\n"), body.count("\n") + 6)

    def test_finds_place_of_error(self):
        text, writer = rewritten("let x = a < b && c < d")
        line = text.split("\n")[3]
        column = line.index("c <= d") + 1
        self.assertEqual({writer.places[n - 1].change for n in rewrite.culprits(writer.spans, 4, column)}, {"< becomes <="})
        numbers = rewrite.culprits(writer.spans, 4, column)
        self.assertIn(f"Mutant.on({numbers.pop()}) ? c <= d", line)

    def test_treats_constants_apart(self):
        text, writer = rewritten("", around="static let limit = 5{}")
        self.assertIn("(Mutant.constant(1) ? 6 : 5)", text)
        self.assertTrue(writer.places[0].is_constant)


    def test_leaves_declarations_alone_that_no_node_calls(self):
        text = """struct A {
            func f() { g(1) }
            var x: Int { 2 }
            struct B { func h() { g(3) } }
            func i() { g(4) }
        }
        """
        for names, left in (({"f", "x"}, "34"), ({"B", "i"}, "12"), (set(), "1234")):
            writer = rewrite.Rewriter("Example.swift", syntax.Source(text), 1, uncalled=names)
            writer.rewritten()
            numbers = [place.change[0] for place in writer.places if place.operator == "number"]
            self.assertEqual("".join(numbers), left)


class Everything:
    """A set that has each key."""

    def __contains__(self, key):
        return True


class Sources(unittest.TestCase):
    def test_writes_every_file_as_it_is_without_places(self):
        for protocol in protocols.PROTOCOLS:
            for name in protocols.files(protocols.ROOT, protocol):
                text = (protocols.ROOT / name).read_text()
                writer = rewrite.Rewriter(name, syntax.Source(text), 1, Everything())
                self.assertEqual(writer.rewritten(), text, name)

    def test_finds_each_declaration_that_no_node_calls(self):
        for name, names in protocols.UNCALLED.items():
            source = syntax.Source((protocols.ROOT / name).read_text())
            declared, nodes = set(), [source.root]
            while nodes:
                node = nodes.pop()
                declared.add(syntax.declared_name(source, node))
                nodes += node.children
            self.assertLessEqual(names, declared, name)

    def test_finds_text_that_each_hook_replaces(self):
        for name, old, _ in tree.HOOKS:
            self.assertEqual((protocols.ROOT / name).read_text().count(old), 1, old)


class Lists(unittest.TestCase):
    def test_refuses_entry_without_place(self):
        _, writer = rewritten("g()")
        good = equivalent.Entry("Example.swift", "g()", "call", "left out: g()", "Nobody sees it.")
        self.assertEqual(equivalent.matched([None, *writer.places], [good], {"Example.swift"}), {1: "Nobody sees it."})
        for text in ("g(2)", "h()"):
            with self.assertRaises(SystemExit):
                equivalent.matched([None, *writer.places], [good._replace(text=text)], {"Example.swift"})

    def test_refuses_entry_without_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "equivalent.tsv")
            path.write_text("file\ttext\toperator\tchange\treason\na\tb\tc\td\t \n")
            with self.assertRaises(SystemExit):
                equivalent.entries(path)

    def test_chooses_configurations_with_all_pairs(self):
        every = [("--protocol", "x")] + [("--protocol", "x", "-P", f"a={a}", "-P", f"b={b}", "-P", f"c={c}")
                                         for a in "123" for b in "12" for c in "12"]
        chosen = drive.pairwise(every)
        self.assertEqual({pair for one in chosen for pair in drive.pairs(one)}, {pair for one in every for pair in drive.pairs(one)})
        self.assertLess(len(chosen), 9)


# A program in place of meshspec: two cases, five places, and a verdict for each mutant.
PROGRAM = """#!/usr/bin/env python3
import json, os, sys
cover, mutant = os.environ.get("MUTANT_COVER"), os.environ.get("MUTANT")
if cover:
    open(cover, "w").write("-\\t\\na\\t1 2 3 4 7\\nb\\t2 4 6\\n")
if mutant == "2":
    os.abort()
if mutant == "7":
    print(json.dumps({"event": "case", "id": "a", "verdict": "pass", "requirement": "R-a", "covers": ["R-a"]}))
    sys.exit(4)
while mutant == "3":
    pass
for name in ("a", "b"):
    if name in sys.argv or not mutant:
        verdict = {"1": "fail", "4": "inconc"}.get(mutant, "pass")
        print(json.dumps({"event": "case", "id": name, "verdict": verdict, "requirement": "R-" + name, "covers": ["R-" + name]}))
sys.exit({"1": 1, "4": 6}.get(mutant, 0))
"""


class Building(unittest.TestCase):
    def test_finds_what_sets_a_name(self):
        for change, name, isThere in (("left out: a = 1", "a", True), ("left out: (b, a) = (1, 2)", "a", True),
                                      ("left out: (b, a) = (1, 2)", "b", True), ("left out: (ab, c) = f(b)", "b", False),
                                      ("left out: f(a) = 1", "a", False), ("left out: c = a", "a", False)):
            self.assertEqual(tree.sets(change, name), isThere, change)

    def test_refuses_program_of_other_sources(self):
        made = tree.Tree.__new__(tree.Tree)
        with tempfile.TemporaryDirectory() as folder:
            made.stamp = pathlib.Path(folder, "built.txt")
            texts = {"Sources/A.swift": b"let a = 1", "Spec/a.yaml": b"id: a", "Package.swift": b""}
            made.read = lambda: texts
            with self.assertRaises(SystemExit):
                made.check_built()
            made.stamp.write_text(tree.Tree.digest(texts))
            texts["Spec/a.yaml"] = b"id: b"
            made.check_built()
            texts["Sources/A.swift"] = b"let a = 2"
            with self.assertRaises(SystemExit):
                made.check_built()


class Hooks(unittest.TestCase):
    def test_stand_in_the_sources_once(self):
        for name, old, _ in tree.HOOKS:
            with self.subTest(name):
                self.assertEqual((protocols.ROOT / name).read_text().count(old), 1, old)


class Driving(unittest.TestCase):
    def test_tells_verdicts_apart(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "meshspec")
            program.write_text(PROGRAM)
            program.chmod(0o755)
            suite = drive.Suite(program, protocols.ROOT, "websocket", most=1)
            with drive.pool(1) as pool:
                suite.look(pool)
            suite.limit = 0.5
            verdicts = [suite.judge(number, False, 4) for number in range(1, 8)]
        self.assertEqual([(one.verdict, one.how) for one in verdicts], [
            ("killed", "failed"), ("killed", "ended"), ("killed", "hung"), ("inconclusive", "inconc"), ("unreached", ""),
            ("survived", ""), ("killed", "ended")])
        self.assertEqual((verdicts[0].case, verdicts[0].requirement), ("a", "R-a"))
        self.assertEqual(verdicts[5].case, "b")
        self.assertEqual(suite.requirements(2, False), ["R-a", "R-b"])
        rows = [report.Row(i, rewrite.Place("f", 1, "t", "call", "c", 0, False, ""), protocols.PROTOCOLS[0], one)
                for i, one in enumerate(verdicts)]
        counts = report.count(rows)
        self.assertEqual((round(report.of_reached(counts)), round(report.score(counts))), (67, 57))
        self.assertIn("dxos", report.whole(rows))
        rows = [report.Row(i, row.place, row.protocol, row.verdict, ["R-a", "R-b"][:i]) for i, row in enumerate(rows)]
        with tempfile.NamedTemporaryFile("r") as file:
            report.write_tallies(file.name, rows)
            self.assertEqual(json.load(file)["requirements"], [
                {"id": "R-a", "code": {"killed": 3, "survived": 3}}, {"id": "R-b", "code": {"killed": 2, "survived": 3}}])


if __name__ == "__main__":
    unittest.main()
