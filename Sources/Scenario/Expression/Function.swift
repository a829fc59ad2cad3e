internal import Node
internal import Wire

/// The reason why a function refuses its arguments.
struct FunctionError: Error, Equatable {
    var message: String
    /// The same as `isOfEvidence` in `EvaluationError`.
    var isOfEvidence = false
}

/// A call whose arguments are evaluated.
struct Call {
    var arguments: [Term]
    var scope: Scope
    /// The position of the call. It is the label of random values that have no label of their own.
    var place: String
    /// Counts a number of steps as work.
    let spend: (Int) throws(EvaluationError) -> Void
    /// Applies a function of one argument.
    let applied: (Term.Function, Term) throws(EvaluationError) -> Term

    /// Returns argument `i`, converted by `take`. If `take` returns nil, an error describes the expected type.
    func argument<T>(_ i: Int, _ wanted: String, _ take: (Term) -> T?) throws(FunctionError) -> T {
        guard let taken = take(arguments[i]) else {
            throw FunctionError(message: "argument \(i + 1) must be \(wanted), is \(arguments[i].kind)")
        }
        return taken
    }
    func list(_ i: Int) throws(FunctionError) -> [Term] {
        try argument(i, "a list") { if case .list(let l) = $0 { l } else { nil } }
    }
    func duration(_ i: Int, _ wanted: String = "a duration") throws(FunctionError) -> Duration {
        try argument(i, wanted) { if case .duration(let d) = $0 { d } else { nil } }
    }
    func bytes(_ i: Int) throws(FunctionError) -> [UInt8] {
        try argument(i, "bytes") { if case .bytes(let b) = $0 { b } else { nil } }
    }
    func text(_ i: Int) throws(FunctionError) -> String {
        try argument(i, "text") { if case .text(let s) = $0 { s } else { nil } }
    }
    /// Returns the number in argument `i`. `ofBytes`: it is a place in bytes, which the node may have sent too few of.
    func number(_ i: Int, _ range: ClosedRange<Int>, ofBytes: Bool = false) throws(FunctionError) -> Int {
        let wide = try argument(i, "a number") { if case .number(let n) = $0 { n } else { nil } }
        guard let n = Int(exactly: wide), range.contains(n) else {
            throw FunctionError(
                message: "argument \(i + 1) is \(wide), must be \(range.lowerBound) to \(range.upperBound)",
                isOfEvidence: ofBytes && wide > range.upperBound)
        }
        return n
    }
    /// Applies the function in argument `i`.
    func apply(_ i: Int, _ x: Term) throws(FunctionError) -> Term {
        let f = try argument(i, "a function `x => ...`") { if case .function(let f) = $0 { f } else { nil } }
        do throws(EvaluationError) { return try applied(f, x) } catch {
            throw FunctionError(message: error.message, isOfEvidence: error.isOfEvidence)
        }
    }
    func holds(_ i: Int, _ x: Term) throws(FunctionError) -> Bool {
        let t = try apply(i, x)
        guard case .bool(let b) = t else {
            throw FunctionError(message: "the function must return true or false, returned \(t.kind)")
        }
        return b
    }
    /// Returns the elements of the list in argument `i`, converted by `take`, and counts each element as work. It is
    /// for functions that apply no other function. `wanted` describes the elements.
    func list<T>(_ i: Int, of wanted: String, _ take: (Term) -> T?) throws(FunctionError) -> [T] {
        let all = try list(i)
        do throws(EvaluationError) { try spend(all.count) } catch {
            throw FunctionError(message: error.message)
        }
        return try all.map { x throws(FunctionError) in
            guard let taken = take(x) else {
                throw FunctionError(message: "the list holds \(x.kind), not \(wanted)")
            }
            return taken
        }
    }
    func numbers(_ i: Int) throws(FunctionError) -> [Int128] {
        try list(i, of: "numbers") { if case .number(let n) = $0 { n } else { nil } }
    }
    /// Returns the term if its size is valid.
    func sized(_ t: Term) throws(FunctionError) -> Term {
        guard t.isOfValidSize else {
            throw FunctionError(message: "more than \(Term.maximumSize) values in one list")
        }
        return t
    }
    /// Returns the number in argument 2 as big-endian bytes. Argument 1 is the number of bytes.
    func integer() throws(FunctionError) -> [UInt8] {
        let n = try number(0, 1...8)
        guard case .number(let x) = arguments[1], x >= 0, n == 8 ? x <= UInt64.max : x < 1 << (8 * n) else {
            throw FunctionError(message: "argument 2 does not fit into \(n) bytes: \(arguments[1].text)")
        }
        return (0..<n).map { UInt8(truncatingIfNeeded: x >> (8 * (n - 1 - $0))) }
    }
    func algorithm() throws(FunctionError) -> SignatureAlgorithm {
        guard let a = scope.algorithm else { throw FunctionError(message: "the protocol has no signatures") }
        return a
    }
}

/// A function that expressions can call.
struct Function: Sendable {
    /// The maximum size in bytes of the result of an expression: 16 MiB.
    static let maximumBytes = 16 << 20

    /// The call as in a manual: `random(n, label?)`.
    var usage: String
    var arguments: ClosedRange<Int>
    /// True if a call takes as long as many steps.
    var isCostly = false
    var body: @Sendable (Call) throws(FunctionError) -> Term

    var name: String { String(usage.prefix { $0 != "(" }) }

    static let all = Dictionary((list + lists + texts).map { ($0.name, $0) }) { $1 }

    /// The names of functions whose result changes over time.
    static let ofTime: Set<String> = [
        "now", "date", "elapsed", "seen", "records", "wire", "unread", "datagrams", "sent", "identity", "delay",
        "sdp", "candidates", "channel",
    ]

    /// The names of functions whose result is a list that only grows: an element for each message that arrived or was
    /// sent.
    static let ofMessages: Set<String> = ["records", "wire", "datagrams", "sent"]

    static let list: [Function] = [
        Function(usage: "random(n, label?)", arguments: 1...2) { c throws(FunctionError) in
            let n = try c.number(0, 0...1 << 20)
            let label = c.arguments.count > 1 ? try c.text(1) : c.place
            var r = Random(seed: c.scope.seed, c.scope.caseID, label)
            return .bytes(r.bytes(n))
        },
        Function(usage: "key(label)", arguments: 1...1, isCostly: true) { c throws(FunctionError) in
            let a = try c.algorithm()
            var r = Random(seed: c.scope.seed, c.scope.caseID, "key", try c.text(0))
            let seed = r.bytes(a.seedCount)
            guard let p = a.publicKey(seed) else { throw FunctionError(message: "no key could be made") }
            return .map([Term.Member("public", .bytes(p)), Term.Member("seed", .bytes(seed))])
        },
        Function(usage: "sign(pair, bytes)", arguments: 2...2, isCostly: true) { c throws(FunctionError) in
            let seed = try c.argument(0, "a key pair") { if case .bytes(let b) = $0["seed"] { b } else { nil } }
            guard let s = try c.algorithm().sign(seed, try c.bytes(1)) else {
                throw FunctionError(message: "the key cannot sign")
            }
            return .bytes(s)
        },
        Function(usage: "verifies(public, bytes, signature)", arguments: 3...3, isCostly: true) {
            c throws(FunctionError) in
            .bool(try c.algorithm().verify(try c.bytes(0), try c.bytes(1), try c.bytes(2)))
        },
        Function(usage: "hex(text) or hex(bytes)", arguments: 1...1) { c throws(FunctionError) in
            if case .bytes(let b) = c.arguments[0] { return .text(b.hex) }
            guard let b = [UInt8](hex: try c.text(0).filter { $0 != " " }) else {
                throw FunctionError(message: "`\(try c.text(0))` is not hexadecimal")
            }
            return .bytes(b)
        },
        Function(usage: "utf8(text)", arguments: 1...1) { c throws(FunctionError) in
            .bytes(Array(try c.text(0).utf8))
        },
        Function(usage: "be(n, number)", arguments: 2...2) { c throws(FunctionError) in
            .bytes(try c.integer())
        },
        Function(usage: "bytes(n, value)", arguments: 2...2) { c throws(FunctionError) in
            .bytes([UInt8](repeating: UInt8(try c.number(1, 0...255)), count: try c.number(0, 0...maximumBytes)))
        },
        Function(usage: "repeat(bytes, n)", arguments: 2...2) { c throws(FunctionError) in
            let b = try c.bytes(0)
            let n = try c.number(1, 0...maximumBytes / max(1, b.count))
            return .bytes((0..<n).flatMap { _ in b })
        },
        Function(usage: "size(x)", arguments: 1...1) { c throws(FunctionError) in
            switch c.arguments[0].carried {
            case .bytes(let b): return .number(Int128(b.count))
            case .text(let s): return .number(Int128(s.count))
            case .list(let l): return .number(Int128(l.count))
            case .map(let m): return .number(Int128(m.count))
            default: throw FunctionError(message: "\(c.arguments[0].kind) has no size")
            }
        },
        Function(usage: "slice(bytes, from, to)", arguments: 3...3) { c throws(FunctionError) in
            let b = try c.bytes(0)
            let from = try c.number(1, 0...b.count, ofBytes: true)
            return .bytes(Array(b[from..<(try c.number(2, from...b.count, ofBytes: true))]))
        },
        Function(usage: "flip(bytes, i)", arguments: 2...2) { c throws(FunctionError) in
            var b = try c.bytes(0)
            guard !b.isEmpty else { throw FunctionError(message: "there is no byte to flip") }
            b[try c.number(1, 0...b.count - 1)] ^= 1
            return .bytes(b)
        },
        Function(usage: "has(capability)", arguments: 1...1) { c throws(FunctionError) in
            .bool(c.scope.capabilities.contains(try c.text(0)))
        },
        Function(usage: "now()", arguments: 0...0) { c throws(FunctionError) in
            .duration(c.scope.now - c.scope.start)
        },
        Function(usage: "date()", arguments: 0...0) { c throws(FunctionError) in
            .number((Int128(c.scope.beginning) + Int128(c.scope.now.nanoseconds)) / 1_000_000_000)
        },
        Function(usage: "elapsed(mark)", arguments: 1...1) { c throws(FunctionError) in
            .duration(c.scope.now - c.scope.start - (try c.duration(0, "a mark")))
        },
    ]
}
