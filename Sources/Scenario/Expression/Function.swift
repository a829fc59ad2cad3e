internal import Node
internal import Wire

/// Why a function refused its arguments.
struct FunctionError: Error, Equatable {
    var message: String
    /// As in `EvaluationError`.
    var isOfEvidence = false
}

/// A call with its arguments evaluated.
struct Call {
    var arguments: [Term]
    var scope: Scope
    /// Where it stands: the label of random values that have none of their own.
    var place: String
    let evaluator: Evaluator

    func list(_ i: Int) throws(FunctionError) -> [Term] {
        guard case .list(let l) = arguments[i] else {
            throw FunctionError(message: "argument \(i + 1) must be a list, is \(arguments[i].kind)")
        }
        return l
    }
    /// Applies the function that argument `i` is.
    func apply(_ i: Int, _ x: Term) throws(FunctionError) -> Term {
        guard case .function(let f) = arguments[i] else {
            throw FunctionError(message: "argument \(i + 1) must be a function `x => ...`, is \(arguments[i].kind)")
        }
        do throws(EvaluationError) { return try evaluator.apply(f, x) } catch {
            throw FunctionError(message: error.message)
        }
    }
    func holds(_ i: Int, _ x: Term) throws(FunctionError) -> Bool {
        let t = try apply(i, x)
        guard case .bool(let b) = t else {
            throw FunctionError(message: "the function must say true or false, says \(t.kind)")
        }
        return b
    }
    /// Counts a list that is gone through without a function being applied.
    func spent(_ l: [Term]) throws(FunctionError) -> [Term] {
        do throws(EvaluationError) { try evaluator.spend(l.count) } catch {
            throw FunctionError(message: error.message)
        }
        return l
    }
    /// A list whose size is watched.
    func sized(_ t: Term) throws(FunctionError) -> Term {
        var room = Term.maximumSize
        guard t.fits(&room) else { throw FunctionError(message: "more than \(Term.maximumSize) values in one list") }
        return t
    }
    func duration(_ i: Int) throws(FunctionError) -> Duration {
        guard case .duration(let d) = arguments[i] else {
            throw FunctionError(message: "argument \(i + 1) must be a duration, is \(arguments[i].kind)")
        }
        return d
    }
    func bytes(_ i: Int) throws(FunctionError) -> [UInt8] {
        guard case .bytes(let b) = arguments[i] else {
            throw FunctionError(message: "argument \(i + 1) must be bytes, is \(arguments[i].kind)")
        }
        return b
    }
    func text(_ i: Int) throws(FunctionError) -> String {
        guard case .text(let s) = arguments[i] else {
            throw FunctionError(message: "argument \(i + 1) must be text, is \(arguments[i].kind)")
        }
        return s
    }
    func number(_ i: Int, _ range: ClosedRange<Int>) throws(FunctionError) -> Int {
        guard case .number(let n) = arguments[i] else {
            throw FunctionError(message: "argument \(i + 1) must be a number, is \(arguments[i].kind)")
        }
        guard let n = Int(exactly: n), range.contains(n) else {
            throw FunctionError(
                message: "argument \(i + 1) is \(n), must be \(range.lowerBound) to \(range.upperBound)")
        }
        return n
    }
    func algorithm() throws(FunctionError) -> SignatureAlgorithm {
        guard let a = scope.algorithm else { throw FunctionError(message: "the protocol signs nothing") }
        return a
    }
}

/// A function that expressions may call.
struct Function: Sendable {
    /// Bytes that an expression may come to: 16 MiB.
    static let maximumBytes = 16 << 20

    var name: String
    var arguments: ClosedRange<Int>
    /// As in a manual: `random(n, label?)`.
    var usage: String
    /// It takes as long as many steps.
    var isCostly = false
    var body: @Sendable (Call) throws(FunctionError) -> Term

    static let all: [String: Function] = {
        var out: [String: Function] = [:]
        for f in list + lists + texts { out[f.name] = f }
        return out
    }()

    /// Those that give something else at another moment.
    static let ofTime: Set<String> = ["now", "elapsed", "seen", "records", "wire", "datagrams", "sent"]

    static let list: [Function] = [
        Function(name: "random", arguments: 1...2, usage: "random(n, label?)") { c throws(FunctionError) in
            let n = try c.number(0, 0...1 << 20)
            let label = c.arguments.count > 1 ? try c.text(1) : c.place
            var r = Random(seed: c.scope.seed, c.scope.caseID, label)
            return .bytes(r.bytes(n))
        },
        Function(name: "key", arguments: 1...1, usage: "key(label)", isCostly: true) { c throws(FunctionError) in
            let a = try c.algorithm()
            var r = Random(seed: c.scope.seed, c.scope.caseID, "key", try c.text(0))
            let seed = r.bytes(a.seedCount)
            guard let p = a.publicKey(seed) else { throw FunctionError(message: "no key could be made") }
            return .map([Term.Member("public", .bytes(p)), Term.Member("seed", .bytes(seed))])
        },
        Function(name: "sign", arguments: 2...2, usage: "sign(pair, bytes)", isCostly: true) {
            c throws(FunctionError) in
            guard case .bytes(let seed) = c.arguments[0]["seed"] else {
                throw FunctionError(message: "argument 1 must be a key pair, is \(c.arguments[0].kind)")
            }
            guard let s = try c.algorithm().sign(seed, try c.bytes(1)) else {
                throw FunctionError(message: "the key cannot sign")
            }
            return .bytes(s)
        },
        Function(name: "verifies", arguments: 3...3, usage: "verifies(public, bytes, signature)", isCostly: true) {
            c throws(FunctionError) in
            .bool(try c.algorithm().verify(try c.bytes(0), try c.bytes(1), try c.bytes(2)))
        },
        Function(name: "hex", arguments: 1...1, usage: "hex(text) or hex(bytes)") { c throws(FunctionError) in
            if case .bytes(let b) = c.arguments[0] { return .text(b.hex) }
            guard let b = [UInt8](hex: try c.text(0).filter { $0 != " " }) else {
                throw FunctionError(message: "`\(try c.text(0))` is not hexadecimal")
            }
            return .bytes(b)
        },
        Function(name: "utf8", arguments: 1...1, usage: "utf8(text)") { c throws(FunctionError) in
            .bytes(Array(try c.text(0).utf8))
        },
        Function(name: "be", arguments: 2...2, usage: "be(n, number)") { c throws(FunctionError) in
            let n = try c.number(0, 1...8)
            guard case .number(let x) = c.arguments[1], x >= 0, n == 8 ? x <= UInt64.max : x < 1 << (8 * n) else {
                throw FunctionError(message: "argument 2 does not fit into \(n) bytes: \(c.arguments[1].text)")
            }
            return .bytes((0..<n).map { UInt8(truncatingIfNeeded: x >> (8 * (n - 1 - $0))) })
        },
        Function(name: "bytes", arguments: 2...2, usage: "bytes(n, value)") { c throws(FunctionError) in
            .bytes([UInt8](repeating: UInt8(try c.number(1, 0...255)), count: try c.number(0, 0...maximumBytes)))
        },
        Function(name: "repeat", arguments: 2...2, usage: "repeat(bytes, n)") { c throws(FunctionError) in
            let b = try c.bytes(0)
            let n = try c.number(1, 0...maximumBytes / max(1, b.count))
            return .bytes((0..<n).flatMap { _ in b })
        },
        Function(name: "size", arguments: 1...1, usage: "size(x)") { c throws(FunctionError) in
            switch c.arguments[0].carried {
            case .bytes(let b): return .number(Int128(b.count))
            case .text(let s): return .number(Int128(s.count))
            case .list(let l): return .number(Int128(l.count))
            case .map(let m): return .number(Int128(m.count))
            default: throw FunctionError(message: "\(c.arguments[0].kind) has no size")
            }
        },
        Function(name: "slice", arguments: 3...3, usage: "slice(bytes, from, to)") { c throws(FunctionError) in
            let b = try c.bytes(0)
            let from = try c.number(1, 0...b.count)
            return .bytes(Array(b[from..<(try c.number(2, from...b.count))]))
        },
        Function(name: "flip", arguments: 2...2, usage: "flip(bytes, i)") { c throws(FunctionError) in
            var b = try c.bytes(0)
            guard !b.isEmpty else { throw FunctionError(message: "there is no byte to flip") }
            b[try c.number(1, 0...b.count - 1)] ^= 1
            return .bytes(b)
        },
        Function(name: "has", arguments: 1...1, usage: "has(capability)") { c throws(FunctionError) in
            .bool(c.scope.capabilities.contains(try c.text(0)))
        },
        Function(name: "now", arguments: 0...0, usage: "now()") { c throws(FunctionError) in
            .duration(c.scope.now - c.scope.start)
        },
        Function(name: "elapsed", arguments: 1...1, usage: "elapsed(mark)") { c throws(FunctionError) in
            guard case .duration(let mark) = c.arguments[0] else {
                throw FunctionError(message: "argument 1 must be a mark, is \(c.arguments[0].kind)")
            }
            return .duration(c.scope.now - c.scope.start - mark)
        },
    ]
}
