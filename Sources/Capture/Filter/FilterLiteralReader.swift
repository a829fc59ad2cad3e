internal import Node
internal import Wire

/// Reads literals in the type of the field that they stand beside.
struct FilterLiteralReader {
    enum Kind {
        case record(RecordField, RecordField.Kind)
        case message(Wire.Kind)
    }
    let kind: Kind
    let names: FilterNames

    /// For errors.
    var what: String {
        switch kind {
        case .record(_, .number): "a number"
        case .record(_, .time): "a time (2026-01-02T03:04:05Z, or seconds since the first packet such as 1.5 or 500ms)"
        case .record(_, .address): "an address (10.0.0.2, 10.0.0.2:7075, 10.0.0.0/8)"
        case .record(let field, .word): "one of \(FilterNames.list(words(field)))"
        case .record(_, .text): "text"
        case .message(let kind): kind.description
        }
    }
    var hasOrder: Bool {
        switch kind {
        case .record(_, .number), .record(_, .time): true
        case .record: false
        case .message(.bool): false
        case .message: true
        }
    }
    private func words(_ field: RecordField) -> [String] {
        switch field {
        case .transport: ["tcp", "udp"]
        case .sender: ["client", "server"]
        case .severity: ["violation", "warning", "info"]
        case .protocol: names.definitions.map(\.name)
        default: names.messages
        }
    }
    private func wants(_ t: FilterToken, _ more: String = "") -> FilterError {
        FilterError(message: "wants \(what), not \(t.shown)\(more)", range: t.range)
    }

    /// A value; of byte strings with a fixed length all of it, if `isWhole`.
    func literal(_ t: FilterToken, isWhole: Bool = true) throws(FilterError) -> FilterLiteral {
        guard t.kind == .word || t.kind == .string else { throw wants(t) }
        switch kind {
        case .record(_, .number), .message(.uint), .message(.int):
            guard let n = Self.number(t) else { throw wants(t) }
            return .number(n)
        case .record(_, .time):
            guard let time = Self.time(t.text) else { throw wants(t) }
            return time
        case .record(_, .address):
            guard let address = Self.address(t.text) else { throw wants(t) }
            return address
        case .record(let field, .word):
            let known = words(field)
            guard known.contains(t.text) else { throw wants(t, Self.meant(t.text, known)) }
            return .text(t.text)
        case .record(_, .text), .message(.text): return .text(t.text)
        case .message(.code(_, let known)):
            if let n = Self.number(t) { return .number(n) }
            guard let named = known.first(where: { $0.name == t.text }) else {
                throw wants(t, Self.meant(t.text, known.map(\.name)))
            }
            return .number(Int128(named.number))
        case .message(.bool):
            guard t.text == "true" || t.text == "false" else { throw wants(t) }
            return .bool(t.text == "true")
        case .message(.bytes(let count)):
            if t.kind == .string { return .bytes(Array(t.text.utf8)) }
            if count == 16, let address = Self.address(t.text) {
                switch address {
                case .address(let e, false): return .bytes(e.address)
                case .network: return address
                default: break
                }
            }
            let digits = t.text.hasPrefix("0x") ? t.text.dropFirst(2) : t.text[...]
            guard let bytes = [UInt8](hex: digits) else { throw wants(t) }
            if isWhole, let count, bytes.count != count {
                throw wants(t, ", which is \(bytes.count); `contains` finds a part")
            }
            return .bytes(bytes)
        // Filters know whole numbers; others are compared as they stand.
        case .message(.float): return Self.number(t).map { .number($0) } ?? .text(t.text)
        case .message(.json):
            if t.kind == .string { return .text(t.text) }
            if let n = Self.number(t) { return .number(n) }
            return t.text == "true" || t.text == "false" ? .bool(t.text == "true") : .text(t.text)
        }
    }
    private static func meant(_ word: String, _ known: [String]) -> String {
        NearestName.nearest(word, in: known).map { ", did you mean `\($0)`?" } ?? ""
    }
    /// What `contains` looks for.
    func part(_ t: FilterToken, _ sign: FilterToken) throws(FilterError) -> FilterLiteral {
        guard t.kind == .word || t.kind == .string else { throw wants(t) }
        switch kind {
        case .record(_, .word), .record(_, .text), .message(.text), .message(.json), .message(.code):
            return .text(t.text)
        case .message(.bytes): return try literal(t, isWhole: false)
        case .record, .message:
            throw FilterError(message: "`contains` goes with text and bytes, not with \(what)", range: sign.range)
        }
    }
    /// `5`, or `5..9` where there is an order.
    func range(_ t: FilterToken) throws(FilterError) -> (low: FilterLiteral, high: FilterLiteral) {
        guard t.kind == .word, hasOrder, let dots = t.text.firstRange(of: "..") else {
            let value = try literal(t)
            return (value, value)
        }
        func side(_ s: Substring, _ offset: Int) throws(FilterError) -> FilterLiteral {
            let start = t.range.lowerBound + offset
            return try literal(
                FilterToken(kind: .word, text: String(s), range: start..<start + s.unicodeScalars.count), isWhole: false
            )
        }
        let head = t.text[..<dots.lowerBound]
        let low = try side(head, 0)
        let high = try side(t.text[dots.upperBound...], head.unicodeScalars.count + 2)
        return (low, high)
    }

    private static func number(_ t: FilterToken) -> Int128? {
        guard t.kind == .word else { return nil }
        let isNegative = t.text.hasPrefix("-")
        guard let n = Value.text(isNegative ? String(t.text.dropFirst()) : t.text).integer, !t.text.isEmpty,
            t.text != "-"
        else { return nil }
        return isNegative ? -Int128(n) : Int128(n)
    }
    static func address(_ text: String) -> FilterLiteral? {
        if let slash = text.lastIndex(of: "/") {
            let digits = text[text.index(after: slash)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(digits),
                case .address(let base, false) = address(String(text[..<slash]))
            else { return nil }
            let most = base.v4 == nil ? 128 : 32
            return bits <= most ? .network(base, bits: bits + 128 - most) : nil
        }
        if let e = Endpoint(text), text.hasPrefix("[") || text.filter({ $0 == ":" }).count == 1 {
            return .address(e, hasPort: true)
        }
        if let e = Endpoint(host: text, port: 0) ?? Endpoint(host: "[\(text)]", port: 0) {
            return .address(e, hasPort: false)
        }
        return nil
    }
    /// A date, with or without a time, in UTC; or seconds since the first packet.
    static func time(_ text: String) -> FilterLiteral? {
        Timestamp(iso8601: text).map { .time($0.nanoseconds) } ?? seconds(text).map { .sinceStart($0) }
    }
    private static func seconds(_ text: String) -> Int64? {
        let units: [(String, Int64)] = [
            ("ms", 1_000_000), ("us", 1000), ("ns", 1), ("min", 60_000_000_000), ("h", 3_600_000_000_000),
            ("s", 1_000_000_000),
        ]
        var rest = text[...]
        var unit: Int64 = 1_000_000_000
        for (name, size) in units where rest.hasSuffix(name) {
            rest = rest.dropLast(name.count)
            unit = size
            break
        }
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let whole = Int64(parts[0]), parts.count < 2 || parts[1].count <= 9
        else { return nil }
        var sum = whole.multipliedReportingOverflow(by: unit)
        if parts.count == 2 {
            var scale = unit
            for digit in parts[1].utf8 {
                scale /= 10
                let more = sum.partialValue.addingReportingOverflow(Int64(digit - 0x30) * scale)
                sum = (more.partialValue, sum.overflow || more.overflow)
            }
        }
        return sum.overflow ? nil : isNegative ? -sum.partialValue : sum.partialValue
    }
}
