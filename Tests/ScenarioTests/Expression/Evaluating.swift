import Nano
import Node

@testable import Scenario

extension Scope {
    /// A scope with a few names and the signature algorithm of Nano.
    static var test: Self {
        var s = Self()
        s.names = [
            "x": .number(7), "b": .bytes([1, 2, 3]), "t": .text("abc"), "d": .duration(.seconds(2)), "yes": .bool(true),
            "none": .null, "m": .map([.init("public", .bytes([9])), .init("deep", .map([.init("er", .number(3))]))]),
        ]
        s.capabilities = ["server"]
        s.algorithms = Definition.nano.playing.algorithms
        s.algorithm = s.algorithms.first
        s.seed = 1
        s.caseID = "case"
        s.start = Instant(nanoseconds: 1_000_000_000)
        s.now = Instant(nanoseconds: 3_500_000_000)
        s.beginning = 1_000_000_000_000
        return s
    }
}
/// Returns the value of an expression, or the reason of the error with its column.
func evaluate(_ text: String, _ scope: Scope = .test) -> String {
    let places = (0...text.unicodeScalars.count).map { Position(line: 1, column: $0 + 1) }
    do throws(ExpressionError) {
        let e = try ExpressionParser.parse(text, places)
        do throws(EvaluationError) {
            let t = try Evaluator.evaluate(e, in: scope)
            if case .text(let s) = t { return "'\(s)'" }
            return t.text
        } catch {
            return "error at \(error.span.start.column): \(error.message)"
        }
    } catch {
        return "syntax at \(error.at + 1): \(error.message)"
    }
}
