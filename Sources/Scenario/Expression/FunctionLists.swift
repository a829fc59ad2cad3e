internal import Node
internal import Wire

extension Function {
    /// Functions over lists, records and numbers.
    static let lists: [Function] = [
        Function(name: "at", arguments: 2...2, usage: "at(list, i): from 1, negative from the end") {
            c throws(FunctionError) in
            let l = try c.list(0)
            let i = try c.number(1, -Term.maximumSize...Term.maximumSize)
            guard i != 0 else { throw FunctionError(message: "elements count from 1, or from -1 at the end") }
            guard abs(i) <= l.count else {
                throw FunctionError(
                    message: "element \(i) is not there, of \(l.count)", isOfEvidence: true)
            }
            return l[i > 0 ? i - 1 : l.count + i]
        },
        Function(name: "count", arguments: 1...2, usage: "count(list, x => ...)") { c throws(FunctionError) in
            let l = try c.list(0)
            guard c.arguments.count > 1 else { return .number(Int128(l.count)) }
            var n: Int128 = 0
            for x in l where try c.holds(1, x) { n += 1 }
            return .number(n)
        },
        Function(name: "all", arguments: 2...2, usage: "all(list, x => ...)") { c throws(FunctionError) in
            for x in try c.list(0) where !(try c.holds(1, x)) { return .bool(false) }
            return .bool(true)
        },
        Function(name: "any", arguments: 2...2, usage: "any(list, x => ...)") { c throws(FunctionError) in
            for x in try c.list(0) where try c.holds(1, x) { return .bool(true) }
            return .bool(false)
        },
        Function(name: "map", arguments: 2...2, usage: "map(list, x => ...)") { c throws(FunctionError) in
            var out: [Term] = []
            for x in try c.list(0) { out.append(try c.apply(1, x)) }
            return try c.sized(.list(out))
        },
        Function(name: "filter", arguments: 2...2, usage: "filter(list, x => ...)") { c throws(FunctionError) in
            var out: [Term] = []
            for x in try c.list(0) where try c.holds(1, x) { out.append(x) }
            return .list(out)
        },
        Function(name: "range", arguments: 1...1, usage: "range(n): 1 to n") { c throws(FunctionError) in
            .list((0..<(try c.number(0, 0...Term.maximumSize - 1))).map { .number(Int128($0 + 1)) })
        },
        Function(name: "min", arguments: 1...1, usage: "min(list)") { c throws(FunctionError) in
            try extreme(c) { $0 < $1 }
        },
        Function(name: "max", arguments: 1...1, usage: "max(list)") { c throws(FunctionError) in
            try extreme(c) { $0 > $1 }
        },
        Function(name: "sum", arguments: 1...1, usage: "sum(list)") { c throws(FunctionError) in
            var total: Int128 = 0
            for x in try c.spent(c.list(0)) {
                guard case .number(let n) = x else {
                    throw FunctionError(message: "the list holds \(x.kind), not numbers")
                }
                let (next, isOver) = total.addingReportingOverflow(n)
                guard !isOver else { throw FunctionError(message: "the sum is too large") }
                total = next
            }
            return .number(total)
        },
        Function(name: "join", arguments: 1...1, usage: "join(list of bytes)") { c throws(FunctionError) in
            var out: [UInt8] = []
            for x in try c.spent(c.list(0)) {
                guard case .bytes(let b) = x else {
                    throw FunctionError(message: "the list holds \(x.kind), not bytes")
                }
                guard out.count + b.count <= maximumBytes else { throw FunctionError(message: "more than 16 MiB") }
                out += b
            }
            return .bytes(out)
        },
        Function(name: "seen", arguments: 2...3, usage: "seen(link, 'message', x => ...)") { c throws(FunctionError) in
            for fields in c.scope.records(try c.text(0), try c.text(1)) {
                if c.arguments.count < 3 { return .bool(true) }
                if try c.holds(2, Term(fields)) { return .bool(true) }
            }
            return .bool(false)
        },
        Function(name: "records", arguments: 2...2, usage: "records(link, 'message')") { c throws(FunctionError) in
            .list(c.scope.records(try c.text(0), try c.text(1)).map { Term($0) })
        },
        Function(name: "wire", arguments: 2...2, usage: "wire(link, 'message')") { c throws(FunctionError) in
            try c.sized(.list(c.scope.wire(try c.text(0), try c.text(1)).map { .bytes($0) }))
        },
        Function(name: "datagrams", arguments: 1...1, usage: "datagrams(link)") { c throws(FunctionError) in
            try datagrams(c, sent: false)
        },
        Function(name: "sent", arguments: 1...1, usage: "sent(link)") { c throws(FunctionError) in
            try datagrams(c, sent: true)
        },
    ]
    static func datagrams(_ c: Call, sent: Bool) throws(FunctionError) -> Term {
        let link = try c.text(0)
        guard let all = c.scope.datagrams(link, sent) else {
            throw FunctionError(message: "`\(link)` is no link that datagrams go over")
        }
        return try c.sized(
            .list(
                all.map { d in
                    .map([
                        Term.Member("at", .duration(d.at)), Term.Member("bytes", .bytes(d.bytes)),
                        Term.Member("size", .number(Int128(d.bytes.count))),
                    ])
                }))
    }
    static func extreme(_ c: Call, _ better: (Int128, Int128) -> Bool) throws(FunctionError) -> Term {
        var best: Int128?
        for x in try c.spent(c.list(0)) {
            guard case .number(let n) = x else { throw FunctionError(message: "the list holds \(x.kind), not numbers") }
            best = best.map { better(n, $0) ? n : $0 } ?? n
        }
        guard let best else { throw FunctionError(message: "the list is empty", isOfEvidence: true) }
        return .number(best)
    }
    /// Functions between kinds of values.
    static let texts: [Function] = [
        Function(name: "text", arguments: 1...1, usage: "text(x)") { c throws(FunctionError) in
            .text(c.arguments[0].text)
        },
        Function(name: "number", arguments: 1...1, usage: "number(text or bytes)") { c throws(FunctionError) in
            switch c.arguments[0] {
            case .number: return c.arguments[0]
            case .bytes(let b) where b.count <= 8: return .number(b.reduce(0) { $0 << 8 | Int128($1) })
            case .text(let s):
                if let n = Value.text(s).integer { return .number(Int128(n)) }
                throw FunctionError(message: "`\(s)` is no number")
            default: throw FunctionError(message: "\(c.arguments[0].kind) is no number")
            }
        },
        Function(name: "seconds", arguments: 1...1, usage: "seconds(duration or number)") { c throws(FunctionError) in
            if case .number(let n) = c.arguments[0], let s = Int64(exactly: n), abs(s) < 1 << 32 {
                return .duration(.seconds(s))
            }
            return .number(Int128((try c.duration(0)).nanoseconds / 1_000_000_000))
        },
        Function(name: "milliseconds", arguments: 1...1, usage: "milliseconds(duration or number)") {
            c throws(FunctionError) in
            if case .number(let n) = c.arguments[0], let s = Int64(exactly: n), abs(s) < 1 << 42 {
                return .duration(.milliseconds(s))
            }
            return .number(Int128((try c.duration(0)).nanoseconds / 1_000_000))
        },
        Function(name: "le", arguments: 2...2, usage: "le(n, number): n bytes, little-endian") {
            c throws(FunctionError) in
            let n = try c.number(0, 1...8)
            guard case .number(let x) = c.arguments[1], x >= 0, n == 8 ? x <= UInt64.max : x < 1 << (8 * n) else {
                throw FunctionError(message: "argument 2 does not fit into \(n) bytes: \(c.arguments[1].text)")
            }
            return .bytes((0..<n).map { UInt8(truncatingIfNeeded: x >> (8 * $0)) })
        },
    ]
}
