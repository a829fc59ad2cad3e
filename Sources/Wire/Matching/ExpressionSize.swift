/// The reason why a text is not a regular expression.
public struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message of the C library, such as `Unmatched ( or \(`, or our own message for limits.
    public var description: String
    init(_ description: String) { self.description = description }
}

/// The size of an extended regular expression with its repetitions expanded. It is computed before compilation, because
/// the C library expands repetitions and enters groups without a limit. `\d` and `\D`, which such expressions do not
/// have, become brackets: the C library would take them for the letter.
///
/// Back-references are refused, because only they can take exponential time. A `)` without its `(` is refused, because
/// it would change its meaning between other brackets.
struct ExpressionSize {
    /// The sizes of the open groups, outermost first.
    private var open: [Int] = [0]
    /// The size of the part that a repetition would repeat.
    private var last = 0
    private var rest: ArraySlice<UInt8>
    /// The offsets of `\d` and `\D`.
    private var digits: [Int] = []
    private let maximumDepth: Int

    /// Returns the size, and the expression for the C library.
    static func measure(
        _ text: String, maximumDepth: Int
    ) throws(RegularExpressionError) -> (size: Int, text: String) {
        let bytes = Array(text.utf8)
        var e = ExpressionSize(rest: bytes[...], maximumDepth: maximumDepth)
        while let c = e.next() { try e.take(c) }
        var out: [UInt8] = []
        var start = 0
        for at in e.digits {
            out += bytes[start..<at]
            out += (bytes[at + 1] == UInt8(ascii: "d") ? "[0-9]" : "[^0-9]").utf8
            start = at + 2
        }
        // The compiler reports groups that are still open.
        return (e.open.reduce(1, add), String(decoding: out + bytes[start...], as: UTF8.self))
    }
    private static func add(_ a: Int, _ b: Int) -> Int { min(a &+ b, 1 << 30) }

    private mutating func next() -> UInt8? { rest.popFirst() }
    private mutating func atom(_ size: Int) {
        last = size
        open[open.count - 1] = Self.add(open[open.count - 1], size)
    }
    private mutating func take(_ c: UInt8) throws(RegularExpressionError) {
        switch c {
        case 0: throw RegularExpressionError("a zero byte")
        case UInt8(ascii: "\\"):
            let at = rest.startIndex - 1
            switch next() {
            case let escaped? where escaped > 0x30 && escaped <= 0x39:
                throw RegularExpressionError("back-references such as \\1 are not allowed")
            case UInt8(ascii: "d"), UInt8(ascii: "D"): digits.append(at)
            default: break
            }
            atom(1)
        case UInt8(ascii: "["):
            bracket()
            atom(1)
        case UInt8(ascii: "("):
            guard open.count <= maximumDepth else {
                throw RegularExpressionError("more than \(maximumDepth) groups in groups")
            }
            open.append(1)
            last = 0
        case UInt8(ascii: ")"):
            guard open.count > 1, let size = open.popLast() else { throw RegularExpressionError("Unmatched ) or \\)") }
            atom(size)
        case UInt8(ascii: "{"):
            let times = interval()
            let more = last.multipliedReportingOverflow(by: times &- 1)
            let grown = more.overflow ? 1 << 30 : min(more.partialValue, 1 << 30)
            open[open.count - 1] = Self.add(open[open.count - 1], grown)
            last = Self.add(last, grown)
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            // There is one more node around the part; `+` expands it twice.
            let grown = c == UInt8(ascii: "+") ? Self.add(last, 1) : 1
            open[open.count - 1] = Self.add(open[open.count - 1], grown)
            last = Self.add(last, grown)
        default: atom(1)
        }
    }
    /// Reads an interval after `{`. Returns the maximum number of times that the part before it is expanded; 1 if this
    /// is not an interval.
    private mutating func interval() -> Int {
        var most = 1
        var number: Int?
        var ahead = rest
        while let c = ahead.popFirst() {
            switch c {
            case 0x30...0x39: number = min((number ?? 0) * 10 + Int(c - 0x30), 1 << 20)
            case UInt8(ascii: ","):
                // `{3,}` takes three and one more.
                most = max(most, (number ?? 0) + 1)
                number = nil
            case UInt8(ascii: "}"):
                rest = ahead
                return max(most, number ?? 1)
            default: return 1
            }
        }
        return 1
    }
    /// Reads a bracket expression after `[`, up to its `]`.
    private mutating func bracket() {
        if rest.first == UInt8(ascii: "^") { _ = next() }
        if rest.first == UInt8(ascii: "]") { _ = next() }
        while let c = next(), c != UInt8(ascii: "]") {
            guard c == UInt8(ascii: "["), let kind = rest.first, ":.=".utf8.contains(kind) else { continue }
            _ = next()
            while let inner = next() {
                if inner == kind, rest.first == UInt8(ascii: "]") {
                    _ = next()
                    break
                }
            }
        }
    }
}
