internal import Node
internal import Wire

/// The type of an operand's values.
enum FilterType: Hashable {
    case record(RecordField, RecordField.Kind)
    case message(Wire.Kind, FieldMeaning?)

    static let number = FilterType.record(.n, .number)
    static let text = FilterType.message(.text, nil)

    /// A group of types whose values can be compared with each other.
    enum Family {
        case number
        case bytes
        case text
        case bool
        case time
        /// Values of any type.
        case any
        /// Numbers with names.
        case code

        func goes(with other: Family) -> Bool {
            switch (self, other) {
            case (.any, _), (_, .any), (.code, .number), (.code, .text), (.number, .code), (.text, .code): true
            default: self == other
            }
        }
    }
    var family: Family {
        switch self {
        case .record(_, .number), .record(_, .duration): .number
        case .record(_, .time): .time
        case .record(_, .address), .record(_, .host), .record(_, .bytes): .bytes
        case .record(_, .word), .record(_, .text), .message(.text, _): .text
        case .message(.bytes, .amount): .number
        case .message(.bytes, _): .bytes
        case .message(.uint, _), .message(.int, _): .number
        case .message(.bool, _): .bool
        case .message(.code, _): .code
        case .message(.json, _), .message(.float, _): .any
        }
    }
    var hasOrder: Bool {
        switch self {
        case .record(_, .number), .record(_, .duration), .record(_, .time), .record(_, .bytes): true
        case .record: false
        case .message(.bool, _): false
        case .message: true
        }
    }
    /// True if any word is a value of this type.
    var takesAnyWord: Bool {
        switch self {
        case .record(_, .text), .message(.text, _), .message(.json, _), .message(.float, _): true
        default: false
        }
    }
    /// The length of byte strings, if it is fixed.
    var byteCount: Int? { if case .message(.bytes(let count), _) = self { count } else { nil } }
    var isNumber: Bool { family == .number || family == .code || isJSON }
    private var isJSON: Bool { if case .message(.json, _) = self { true } else { false } }
    /// True for a number without a unit.
    var isPlainNumber: Bool {
        switch self {
        case .record(_, .duration), .message(.bytes, _): false
        default: isNumber
        }
    }
    /// True for text and bytes, which have parts.
    var hasParts: Bool {
        switch self {
        case .message(_, .amount): false
        case .record(_, .word), .record(_, .text), .record(_, .bytes), .message(.text, _), .message(.json, _),
            .message(.code, _), .message(.bytes, _):
            true
        case .record, .message: false
        }
    }
}

/// A reader of literals, in the type of the field that they are compared with.
struct FilterLiteralReader {
    let type: FilterType
    let names: FilterNames

    /// The description of the type, for errors.
    var what: String {
        switch type {
        case .record(_, .number): "a number"
        case .record(_, .time): "a time (2026-01-02T03:04:05Z, or seconds since the first packet such as 1.5 or 500ms)"
        case .record(_, .duration): "a number of seconds (1.5, 500ms, 20us)"
        case .record(_, .address): "an address (10.0.0.2, 10.0.0.2:7075, 10.0.0.0/8)"
        case .record(_, .host): "an address without a port (10.0.0.2, 10.0.0.0/8, 2001:db8::/32)"
        case .record(let field, .word): "one of \(FilterNames.list(words(field)))"
        case .record(_, .text): "text"
        case .record(_, .bytes): Wire.Kind.bytes(count: nil).description
        case .message(_, .amount(let unit, _)): "an amount (1000 raw as `1000`, or `1.5\(unit.lowercased())`)"
        case .message(let kind, .form(let form)): "\(kind) or \(form.name)"
        case .message(let kind, .bits(let bits)) where !bits.isEmpty:
            "\(kind) or one of \(FilterNames.list(bits.map(\.name)))"
        case .message(let kind, .time): "\(kind) or a time (2026-01-02T03:04:05Z)"
        case .message(let kind, _): kind.description
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

    /// The use of a literal.
    enum Use {
        /// A literal that is compared with a whole value.
        case whole
        /// A bound of a value, in an order comparison or a range.
        case bound
        /// A part that a value may contain.
        case part
    }
    /// Reads a value. For use as a whole value, a byte string of fixed length must be complete.
    func literal(_ t: FilterToken, _ use: Use = .whole) throws(FilterError) -> FilterLiteral {
        guard t.kind == .word || t.kind == .string else { throw wants(t) }
        if use == .part { return try part(t) }
        switch type {
        case .message(_, let meaning?) where meaning.adds(to: t):
            guard let value = meaning.literal(t.text) else { throw wants(t) }
            return .value(value)
        case .record(_, .number), .message(.uint, _), .message(.int, _):
            guard let n = Self.number(t) else { throw wants(t) }
            return .value(.number(n))
        case .record(_, .duration):
            guard t.kind == .word, let n = Self.seconds(t.text) else { throw wants(t) }
            return .value(.number(FilterNumber(n)))
        case .record(_, .bytes): return try bytes(t, count: nil)
        case .record(_, .time):
            guard let time = Self.time(t.text) else { throw wants(t) }
            return time
        case .record(_, .address), .record(_, .host):
            guard let address = Self.address(t.text) else { throw wants(t) }
            if case .record(_, .host) = type, case .address(_, true) = address { throw wants(t) }
            return .value(address)
        case .record(let field, .word):
            let known = words(field)
            guard known.contains(t.text) else { throw wants(t, NearestName.suggestion(for: t.text, in: known)) }
            return .value(.text(t.text))
        case .record(_, .text), .message(.text, _): return .value(.text(t.text))
        case .message(.code(_, let known), _):
            if let n = Self.number(t) { return .value(.number(n)) }
            guard let named = known.first(where: { $0.name == t.text }) else {
                throw wants(t, NearestName.suggestion(for: t.text, in: known.map(\.name)))
            }
            return .value(.number(FilterNumber(named.number)))
        case .message(.bool, _):
            guard t.text == "true" || t.text == "false" else { throw wants(t) }
            return .value(.bool(t.text == "true"))
        case .message(.bytes(let count), _):
            if count == 16, t.kind == .word, let address = Self.address(t.text) {
                switch address {
                case .address(let e, false): return .value(.bytes(e.address))
                case .network: return .value(address)
                default: break
                }
            }
            return try bytes(t, count: use == .whole ? count : nil)
        // Filters compute with whole numbers only; other numbers are compared as text.
        case .message(.float, _): return .value(Self.number(t).map { .number($0) } ?? .text(t.text))
        case .message(.json, _):
            if t.kind == .string { return .value(.text(t.text)) }
            if let n = Self.number(t) { return .value(.number(n)) }
            return .value(t.text == "true" || t.text == "false" ? .bool(t.text == "true") : .text(t.text))
        }
    }
    /// Reads hexadecimal digits with or without `0x`, or with colons, hyphens or dots between the bytes. For text in
    /// quotes, returns the bytes of the text.
    private func bytes(_ t: FilterToken, count: Int?) throws(FilterError) -> FilterLiteral {
        if t.kind == .string { return .value(.bytes(Array(t.text.utf8))) }
        var digits = t.text.hasPrefix("0x") ? t.text.dropFirst(2) : t.text[...]
        for sign in [":", "-", "."] where digits.contains(sign) {
            let parts = digits.split(separator: sign, omittingEmptySubsequences: false)
            guard parts.allSatisfy({ $0.utf8.count == 2 }) else { throw wants(t) }
            digits = parts.joined()[...]
        }
        guard let bytes = [UInt8](hex: digits) else { throw wants(t) }
        if let count, bytes.count != count {
            throw wants(t, ", which is \(bytes.count); `contains` finds a part")
        }
        return .value(.bytes(bytes))
    }
    /// Reads the operand of `contains`.
    private func part(_ t: FilterToken) throws(FilterError) -> FilterLiteral {
        switch type {
        case .record(_, .bytes), .message(.bytes, _): return try bytes(t, count: nil)
        default: return .value(.text(t.text))
        }
    }
    /// Reads `5`, or `5..9` if the type has an order.
    func range(_ t: FilterToken) throws(FilterError) -> (low: FilterLiteral, high: FilterLiteral) {
        guard t.kind == .word, type.hasOrder, let dots = t.text.firstRange(of: "..") else {
            let value = try literal(t)
            return (value, value)
        }
        func side(_ s: Substring, _ offset: Int) throws(FilterError) -> FilterLiteral {
            let start = t.range.lowerBound + offset
            return try literal(
                FilterToken(kind: .word, text: String(s), range: start..<start + s.unicodeScalars.count), .bound
            )
        }
        let head = t.text[..<dots.lowerBound]
        let low = try side(head, 0)
        let high = try side(t.text[dots.upperBound...], head.unicodeScalars.count + 2)
        return (low, high)
    }

    private static func number(_ t: FilterToken) -> FilterNumber? { t.kind == .word ? FilterNumber(t.text) : nil }
    static func address(_ text: String) -> FilterValue? {
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
    /// Reads a date, with or without a time, in UTC, or a number of seconds since the first packet.
    static func time(_ text: String) -> FilterLiteral? {
        Timestamp(iso8601: text).map { .value(.time($0.nanoseconds)) } ?? seconds(text).map { .sinceStart($0) }
    }
    static func seconds(_ text: String) -> Int64? {
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
