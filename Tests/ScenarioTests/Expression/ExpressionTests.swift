import Nano
import Node
import Testing
import Wire

@testable import Scenario

@Suite struct ExpressionTests {
    @Test(arguments: [
        // Precedence of operators.
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("2 * 3 + 1", "7"), ("10 - 2 - 3", "5"), ("100 / 5 / 2", "10"),
        ("2 * 3 / 4", "1"), ("1 + 2 == 3", "true"), ("1 < 2 == true", "true"), ("1 == 1 && 2 == 3", "false"),
        ("true || false && false", "true"), ("(true || false) && false", "false"), ("!true || true", "true"),
        ("!(true || true)", "false"), ("-2 * 3", "-6"), ("-(2 + 3)", "-5"), ("- -2", "2"), ("!!true", "true"),
        ("3 - -2", "5"), ("1 - 2 + 3", "2"), ("2 + 3 < 3 * 2", "true"), ("1 != 2 && !(1 > 2)", "true"),
        ("!m.deep.er == 3", "error at 1: `!` needs true or false"), ("-m.deep.er", "-3"),
        // Literals.
        ("0x07", "7"), ("007", "7"), ("0xffffffffffffffff", "18446744073709551615"), ("'it'", "'it'"),
        ("\"it's\"", "'it's'"),
        ("null", "null"), ("true", "true"), ("1.5s", "1500ms"), ("2m", "2m"), ("[1, 'a', [b]]", "[1, a, [0x010203]]"),
        ("[]", "[]"),
        ("''", "''"), ("99999999999999999999", "99999999999999999999"),
        // Names and members.
        ("x", "7"), ("m.public", "0x09"), ("m . deep . er", "3"),
        ("m.nobody", "error at 3: a map has no member `nobody`"),
        ("x.y", "error at 3: a number has no member `y`"), ("nobody", "error at 1: `nobody` has no value yet"),
        ("b + b", "0x010203010203"), ("t + 'd'", "'abcd'"), ("[1] + [2]", "[1, 2]"),
        // Order.
        ("1 < 2", "true"), ("2 <= 2", "true"), ("3 > 4", "false"), ("4 >= 5", "false"), ("'a' < 'b'", "true"),
        ("hex('01') < hex('0100')", "true"), ("hex('02') < hex('0100')", "false"),
        ("hex('0100') >= hex('0100')", "true"),
        ("1s < 1500ms", "true"), ("2m == 120s", "true"),
        // Null compares with values of all types.
        ("none == null", "true"), ("none != null", "false"), ("x == null", "false"), ("null == b", "false"),
        ("m != null", "true"),
        // Evaluation stops as soon as the result is known.
        ("false && nobody", "false"), ("true || nobody", "true"),
        ("true && nobody", "error at 9: `nobody` has no value yet"),
        // Durations.
        ("2s + 500ms", "2500ms"), ("1s - 2s", "-1s"), ("3 * d", "6s"), ("d * 3", "6s"), ("d / 4", "500ms"),
        ("-d", "-2s"),
        ("d / 3", "666.6ms"),
    ])
    func values(_ text: String, _ value: String) {
        #expect(evaluate(text) == value)
    }
    @Test(arguments: [
        // Different types.
        ("1 == '1'", "3: cannot compare a number with text"), ("b == t", "3: cannot compare 3 bytes with text"),
        ("1s == 1", "4: cannot compare a duration with a number"),
        ("true != 1", "6: cannot compare a truth value with a number"),
        ("1 < '2'", "3: cannot order a number and text"),
        ("true < false", "6: cannot order a truth value and a truth value"),
        ("null < 1", "6: cannot order nothing and a number"),
        ("m < m", "3: cannot order a map and a map"),
        ("1 + 'a'", "3: `+` cannot combine a number and text"), ("b + t", "3: `+` cannot combine 3 bytes and text"),
        ("b * 2", "3: `*` cannot combine 3 bytes and a number"),
        ("d + 1", "3: `+` cannot combine a duration and a number"),
        ("1 / 2s", "3: `/` cannot combine a number and a duration"),
        ("t - t", "3: `-` cannot combine text and text"),
        ("1 && true", "3: `&&` needs true or false, has a number"),
        ("false || 1", "7: `||` needs true or false, has a number"),
        ("!1", "1: `!` needs true or false"), ("-t", "1: `-` needs a number or a duration"),
        ("-none", "1: `-` needs a number or a duration"),
        // Arithmetic without a result.
        ("1 / 0", "3: division by zero"), ("d / 0", "3: division by zero"), ("x / (x - 7)", "3: division by zero"),
        ("(99999999999999999999 * 99999999999999999999)", "23: the number becomes too large"),
        ("-(1 - 1) - 99999999999999999999 * 9999999999999999999", "33: the number becomes too large"),
        ("2m * 99999999999", "4: the duration becomes too long"),
        ("2m * 99999999999999999999 * 99999999999999999999", "4: the duration becomes too long"),
        ("d * 99999999999999999999", "3: the duration becomes too long"),
    ])
    func refused(_ text: String, _ why: String) {
        #expect(evaluate(text) == "error at " + why)
    }
    @Test(arguments: [
        ("", "1: expected a value, found the end"), ("1 +", "4: expected a value, found the end"),
        ("1 2", "3: expected an operator or the end, found `2`"),
        ("(1", "3: expected `)`, found the end"), ("[1", "3: expected `,` or `]`, found the end"),
        ("f(1,)", "5: expected a value, found `)`"),
        ("f(1 2)", "5: expected `,` or `)`, found `2`"), ("m.", "3: expected a member's name, found the end"),
        ("m.5", "3: expected a member's name, found `5`"), ("'a", "3: expected the closing quote, found the end"),
        ("a = 1", "3: expected an operator or the end, found `=`"),
        ("a | b", "3: expected an operator or the end, found `|`"),
        ("1e3", "1: `1e3` is not a number or duration (250us, 20ms, 5s, 2m)"),
        ("0x", "1: `0x` is not a number or duration (250us, 20ms, 5s, 2m)"),
        ("0xfffffffffffffffff", "1: the number exceeds 64 bits: write hex('...') for bytes"),
        ("1_000", "1: `1_000` is not a number or duration (250us, 20ms, 5s, 2m)"),
        ("1.5", "1: `1.5` is not a number or duration (250us, 20ms, 5s, 2m)"),
        ("999999999999999999999", "1: `999999999999999999999` is not a number or duration (250us, 20ms, 5s, 2m)"),
        ("ä", "1: expected a value, found `ä`"), ("x ? 1 : 2", "3: expected an operator or the end, found `?`"),
        ("$(x)", "1: expected a value, found `$`"),
        ("x => x", "3: expected an operator or the end, found `=`"), ("*", "1: expected a value, found `*`"),
    ])
    func noExpression(_ text: String, _ why: String) {
        #expect(evaluate(text) == "syntax at " + why)
    }
    @Test func depthAndLengthEndInAnError() {
        func nested(_ open: String, _ n: Int, _ close: String) -> String {
            evaluate(String(repeating: open, count: n) + "1" + String(repeating: close, count: n))
        }
        #expect(nested("(", 30, ")") == "1")
        for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("size(", ")"), ("1 + (", ")")] {
            #expect(nested(open, 100_000, close).contains("nested deeper than 64 levels"), "\(open)")
        }
        #expect(evaluate("1" + String(repeating: " + 1", count: 200)) == "201")
        #expect(
            evaluate("1" + String(repeating: " + 1", count: 200_000)).hasSuffix("an expression has at most 500 parts"))
        #expect(
            evaluate("m" + String(repeating: ".a", count: 200_000)).hasSuffix("an expression has at most 500 parts"))
        #expect(
            evaluate("[" + String(repeating: "1,", count: 200_000) + "1]").hasSuffix(
                "an expression has at most 500 parts"))
    }
    @Test func valuesDoNotGrowWithoutEnd() {
        var scope = Scope.test
        func grow(_ text: String, _ start: Term) -> String {
            scope.names["a"] = start
            for _ in 0..<64 {
                let places = (0...text.count).map { Position(line: 1, column: $0 + 1) }
                do {
                    scope.names["a"] = try Evaluator.evaluate(try ExpressionParser.parse(text, places), in: scope)
                } catch let e as EvaluationError {
                    return e.message
                } catch {
                    return "\(error)"
                }
            }
            return "no end"
        }
        #expect(grow("a + a", .bytes([1])) == "more than 16 MiB")
        #expect(grow("a + a", .text("x")) == "more than 16 MiB")
        #expect(grow("a + a", .list([.number(1)])) == "more than 65536 values in one list")
        #expect(grow("[a, a]", .number(1)) == "more than 65536 values in one list")
        #expect(grow("[m, a, a]", .number(1)) == "more than 65536 values in one list")
    }
    /// The evaluator stops expressions that would run forever, use all memory, or overflow the stack.
    @Test(arguments: [
        ("count(range(60000), x => all(range(60000), y => x != y + 60000))", "does more than 1000000 steps"),
        ("map(range(60000), x => range(60000))", "does more than 1000000 steps"),
        ("map(range(60000), x => big + big)", "does more than 1000000 steps"),
        ("map(range(60000), x => bytes(16777216, 0))", "does more than 1000000 steps"),
        ("map(range(60000), x => random(1048576))", "does more than 1000000 steps"),
        ("map(range(60000), x => key('a'))", "does more than 1000000 steps"),
        ("map(range(60000), x => max(range(60000)))", "does more than 1000000 steps"),
        ("map(range(60000), x => max(many))", "does more than 1000000 steps"),
        ("map(range(60000), x => many == others)", "does more than 1000000 steps"),
        ("map(range(300), x => many)", "more than 65536 values in one list"),
        ("all([1], f.first)", "functions call each other more than 16 deep"),
        ("all([1], a => all([1], f.first))", "functions call each other more than 16 deep"),
    ])
    func work(_ text: String, _ why: String) {
        var scope = Scope.test
        scope.names["big"] = .bytes([UInt8](repeating: 0, count: 1 << 20))
        scope.names["many"] = .list((0..<60_000).map { .number($0) })
        scope.names["others"] = .list((0..<60_000).map { .number($0) })
        // This function names the value that contains it: `let: {f: $([x => all([1], f.first)])}`.
        let own = "[x => all([1], f.first)]"
        let e = try? ExpressionParser.parse(own, (0...own.count).map { Position(line: 1, column: $0 + 1) })
        scope.names["f"] = e.flatMap { try? Evaluator.evaluate($0, in: scope) }
        #expect(evaluate(text, scope).hasSuffix(why))
    }
    @Test func functionsInsideOneAnother() {
        func nested(_ n: Int) -> String {
            evaluate((0..<n).map { "map([1], x\($0) => " }.joined() + "1" + String(repeating: ")", count: n))
        }
        #expect(nested(16) == String(repeating: "[", count: 16) + "1" + String(repeating: "]", count: 16))
        #expect(nested(17).hasSuffix("functions call each other more than 16 deep"))
    }
    @Test func textAroundExpressions() throws {
        func text(_ value: String) throws -> Term {
            var loader = Loader(source("x: \(value)\n"), Specification.library)
            let root = try #require(YAMLTree.read(loader.source).root?["x"])
            let template = loader.template(root)
            #expect(loader.diagnostics.isEmpty)
            return try template.term(.test)
        }
        #expect(try text("a $(x) b") == .text("a 7 b"))
        #expect(try text("\"$(x)$(t)\"") == .text("7abc"))
        #expect(try text("$(x)") == .number(7))
        #expect(try text("'$(x) '") == .text("7 "))
        #expect(try text("$$(b)$") == .text("$0x010203$"))
        #expect(try text("$ (x)") == .text("$ (x)"))
        #expect(try text("'$(\"a)b\" + '')('')'") == .text("a)b)("))
        #expect(try text("$(d) $(none) $(yes) $([x, x]) $(m.deep)") == .text("2s null true [7, 7] {er: 3}"))
        #expect(
            try text("{a: $(x), b: [$(b), c]}")
                == .map([.init("a", .number(7)), .init("b", .list([.bytes([1, 2, 3]), .text("c")]))]))
    }
    @Test func termsAndValues() {
        #expect(Term.number(Int128(UInt64.max)).value == .uint(.max))
        #expect(Term.number(-1).value == .int(-1))
        #expect(Term.number(Int128(UInt64.max) + 1).value == nil)
        #expect(Term.duration(.zero).value == nil)
        #expect(Term.list([.number(1), .duration(.zero)]).value == nil)
        #expect(Term.map([.init("a", .duration(.zero))]).value == nil)
        let all = Term.map([.init("a", .list([.null, .bool(true), .text("x"), .bytes([1]), .number(-5)]))])
        #expect(all.value.map(Term.init) == all)
    }
}
