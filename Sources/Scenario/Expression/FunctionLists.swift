internal import Node
internal import Wire

extension Function {
    /// The functions on lists, records and numbers.
    static let lists: [Function] = [
        Function(usage: "at(list, i): from 1, negative from the end", arguments: 2...2) { c throws(FunctionError) in
            let l = try c.list(0)
            let i = try c.number(1, -Term.maximumSize...Term.maximumSize)
            guard i != 0 else { throw FunctionError(message: "elements count from 1, or from -1 at the end") }
            guard abs(i) <= l.count else {
                throw FunctionError(
                    message: "element \(i) is not there, of \(l.count)", isOfEvidence: true)
            }
            return l[i > 0 ? i - 1 : l.count + i]
        },
        Function(usage: "member(x, name)", arguments: 2...2) { c throws(FunctionError) in
            let name = try c.text(1)
            guard case .map = c.arguments[0] else { return .null }
            return c.arguments[0][name] ?? .null
        },
        Function(usage: "count(list, x => ...)", arguments: 1...2) { c throws(FunctionError) in
            let l = try c.list(0)
            guard c.arguments.count > 1 else { return .number(Int128(l.count)) }
            var n: Int128 = 0
            for x in l where try c.holds(1, x) { n += 1 }
            return .number(n)
        },
        Function(usage: "all(list, x => ...)", arguments: 2...2) { c throws(FunctionError) in
            for x in try c.list(0) where !(try c.holds(1, x)) { return .bool(false) }
            return .bool(true)
        },
        Function(usage: "any(list, x => ...)", arguments: 2...2) { c throws(FunctionError) in
            for x in try c.list(0) where try c.holds(1, x) { return .bool(true) }
            return .bool(false)
        },
        Function(usage: "map(list, x => ...)", arguments: 2...2) { c throws(FunctionError) in
            var out: [Term] = []
            for x in try c.list(0) { out.append(try c.apply(1, x)) }
            return try c.sized(.list(out))
        },
        Function(usage: "filter(list, x => ...)", arguments: 2...2) { c throws(FunctionError) in
            var out: [Term] = []
            for x in try c.list(0) where try c.holds(1, x) { out.append(x) }
            return .list(out)
        },
        Function(usage: "range(n): 1 to n", arguments: 1...1) { c throws(FunctionError) in
            .list((0..<(try c.number(0, 0...Term.maximumSize - 1))).map { .number(Int128($0 + 1)) })
        },
        Function(usage: "min(list)", arguments: 1...1) { c throws(FunctionError) in
            try extreme(c.numbers(0).min())
        },
        Function(usage: "max(list)", arguments: 1...1) { c throws(FunctionError) in
            try extreme(c.numbers(0).max())
        },
        Function(usage: "sum(list)", arguments: 1...1) { c throws(FunctionError) in
            var total: Int128 = 0
            for n in try c.numbers(0) {
                let (next, isOver) = total.addingReportingOverflow(n)
                guard !isOver else { throw FunctionError(message: "the sum is too large") }
                total = next
            }
            return .number(total)
        },
        Function(usage: "join(list of bytes)", arguments: 1...1) { c throws(FunctionError) in
            var out: [UInt8] = []
            for b in try c.list(0, of: "bytes", { if case .bytes(let b) = $0 { b } else { nil } }) {
                guard out.count + b.count <= maximumBytes else { throw FunctionError(message: "more than 16 MiB") }
                out += b
            }
            return .bytes(out)
        },
        Function(usage: "seen(link, 'message', x => ...)", arguments: 2...3) { c throws(FunctionError) in
            for fields in c.scope.records(try c.text(0), try c.text(1)) {
                if c.arguments.count < 3 { return .bool(true) }
                if try c.holds(2, Term(fields)) { return .bool(true) }
            }
            return .bool(false)
        },
        Function(usage: "records(link, 'message')", arguments: 2...2) { c throws(FunctionError) in
            .list(c.scope.records(try c.text(0), try c.text(1)).map { Term($0) })
        },
        Function(usage: "wire(link, 'message')", arguments: 2...2) { c throws(FunctionError) in
            try c.sized(.list(c.scope.wire(try c.text(0), try c.text(1)).map { .bytes($0) }))
        },
        Function(usage: "unread(link)", arguments: 1...1) { c throws(FunctionError) in
            let bytes = c.scope.unread(try c.text(0))
            guard bytes.count <= maximumBytes else { throw FunctionError(message: "more than 16 MiB") }
            return .bytes(bytes)
        },
        Function(usage: "identity(link)", arguments: 1...1) { c throws(FunctionError) in
            c.scope.identity(try c.text(0)).map { .bytes($0) } ?? .null
        },
        Function(usage: "delay(link)", arguments: 1...1) { c throws(FunctionError) in
            .duration(c.scope.delay(try c.text(0)) ?? .zero)
        },
        Function(usage: "sdp(link)", arguments: 1...1) { c throws(FunctionError) in
            guard let text = try dataChannel(c).description else {
                throw FunctionError(message: "link `\(try c.text(0))` has no description yet", isOfEvidence: true)
            }
            return .text(text)
        },
        Function(usage: "candidates(link)", arguments: 1...1) { c throws(FunctionError) in
            .list(try dataChannel(c).candidates.map { .text($0) })
        },
        Function(usage: "channel(link)", arguments: 1...1) { c throws(FunctionError) in try dataChannel(c).term },
        Function(usage: "datagrams(link)", arguments: 1...1) { c throws(FunctionError) in
            try datagrams(c, sent: false)
        },
        Function(usage: "sent(link)", arguments: 1...1) { c throws(FunctionError) in
            try datagrams(c, sent: true)
        },
    ]
    private static func dataChannel(_ c: Call) throws(FunctionError) -> LinkDataChannel {
        let link = try c.text(0)
        guard let channel = c.scope.dataChannel(link) else {
            throw FunctionError(message: "link `\(link)` is no data channel")
        }
        return channel
    }
    static func datagrams(_ c: Call, sent: Bool) throws(FunctionError) -> Term {
        let link = try c.text(0)
        guard let all = c.scope.datagrams(link, sent) else {
            throw FunctionError(message: "link `\(link)` does not carry datagrams")
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
    /// Splits a text at the first occurrence of a part.
    private static func split(_ c: Call) throws(FunctionError) -> (before: Term, after: Term) {
        let (text, part) = (Array(try c.text(0).utf8), Array(try c.text(1).utf8))
        guard let at = text.indices.first(where: { text[$0...].starts(with: part) }) else {
            throw FunctionError(message: "the text does not contain `\(try c.text(1))`", isOfEvidence: true)
        }
        func term(_ bytes: ArraySlice<UInt8>) -> Term { .text(String(decoding: bytes, as: UTF8.self)) }
        return (term(text[..<at]), term(text[(at + part.count)...]))
    }
    /// Returns the least or greatest number. `number` is nil for an empty list, which is an error.
    static func extreme(_ number: Int128?) throws(FunctionError) -> Term {
        guard let number else { throw FunctionError(message: "the list is empty", isOfEvidence: true) }
        return .number(number)
    }
    /// The functions that convert between types of values.
    static let texts: [Function] = [
        Function(usage: "text(x)", arguments: 1...1) { c throws(FunctionError) in
            .text(c.arguments[0].text)
        },
        Function(usage: "number(text or bytes)", arguments: 1...1) { c throws(FunctionError) in
            switch c.arguments[0] {
            case .number: return c.arguments[0]
            case .bytes(let b) where b.count <= 8: return .number(b.reduce(0) { $0 << 8 | Int128($1) })
            case .text(let s):
                if let n = Value.text(s).integer { return .number(Int128(n)) }
                throw FunctionError(message: "`\(s)` is no number")
            default: throw FunctionError(message: "\(c.arguments[0].kind) is no number")
            }
        },
        Function(usage: "replace(text, part, other): every occurrence", arguments: 3...3) { c throws(FunctionError) in
            let (text, part, other) = (Array(try c.text(0).utf8), Array(try c.text(1).utf8), Array(try c.text(2).utf8))
            guard !part.isEmpty else { throw FunctionError(message: "the part to replace is empty") }
            var (out, at): ([UInt8], Int) = ([], 0)
            while at < text.count {
                let isPart = text[at...].starts(with: part)
                out += isPart ? other[...] : text[at...at]
                at += isPart ? part.count : 1
                guard out.count <= maximumBytes else { throw FunctionError(message: "more than 16 MiB") }
            }
            return .text(String(decoding: out, as: UTF8.self))
        },
        Function(usage: "before(text, part): up to its first occurrence", arguments: 2...2) { c throws(FunctionError) in
            try split(c).before
        },
        Function(usage: "after(text, part): after its first occurrence", arguments: 2...2) { c throws(FunctionError) in
            try split(c).after
        },
        Function(usage: "contains(bytes, part)", arguments: 2...2) { c throws(FunctionError) in
            .bool(try c.bytes(0).contains(try c.bytes(1)))
        },
        Function(usage: "seconds(duration or number)", arguments: 1...1) { c throws(FunctionError) in
            if case .number(let n) = c.arguments[0], let s = Int64(exactly: n), s.magnitude < 1 << 32 {
                return .duration(.seconds(s))
            }
            return .number(Int128((try c.duration(0)).nanoseconds / 1_000_000_000))
        },
        Function(usage: "milliseconds(duration or number)", arguments: 1...1) { c throws(FunctionError) in
            if case .number(let n) = c.arguments[0], let s = Int64(exactly: n), s.magnitude < 1 << 42 {
                return .duration(.milliseconds(s))
            }
            return .number(Int128((try c.duration(0)).nanoseconds / 1_000_000))
        },
        Function(usage: "le(n, number): n bytes, little-endian", arguments: 2...2) { c throws(FunctionError) in
            .bytes(try c.integer().reversed())
        },
    ]
}
