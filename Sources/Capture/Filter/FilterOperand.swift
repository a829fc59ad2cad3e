internal import Node
internal import Wire

/// One side of a comparison. It has no value, one or several values for a record.
indirect enum FilterOperand: Sendable {
    case literal(FilterValue)
    /// A time, in nanoseconds after the first packet.
    case sinceStart(Int64)
    case record(RecordField)
    /// The location of a field in each type of message that has it.
    case message([ObjectIdentifier: Place], FieldMeaning?)
    case slice(FilterOperand, [FilterSlice])
    case function(FilterFunction, FilterOperand)
    case negative(FilterOperand)
    case arithmetic(FilterArithmetic, FilterOperand, FilterOperand)
    /// The text form that users write for bytes.
    case form(FilterOperand, FieldForm)

    /// A field in one type of message.
    struct Place: Sendable {
        var steps: [FilterStep]
        /// True if its bytes are a number.
        var isAmount = false
    }

    /// Returns true if a record must be dissected to read the values.
    func needsDissection(_ record: borrowing Record) -> Bool {
        switch self {
        case .literal, .sinceStart: false
        case .record(let field): field.needsDissection
        case .message(let places, _): record.message.map { places[ObjectIdentifier($0)] != nil } ?? false
        case .slice(let inner, _), .function(_, let inner), .negative(let inner), .form(let inner, _):
            inner.needsDissection(record)
        case .arithmetic(_, let a, let b): a.needsDissection(record) || b.needsDissection(record)
        }
    }
    /// Calls `body` with the values that a record has until it returns true. Returns true if it did.
    func any(
        _ record: borrowing Record, _ bytes: RawSpan, with opened: DissectedRecord?,
        _ body: (FilterValue) -> Bool
    ) -> Bool {
        switch self {
        case .literal(let value): return body(value)
        case .sinceStart(let passed): return body(.time(record.start.moved(by: passed).nanoseconds))
        case .record(let field): return field.any(record, notes: opened?.notes ?? record.notes, in: bytes, body)
        case .message(let places, _):
            guard let type = record.message, let place = places[ObjectIdentifier(type)],
                let dissection = opened?.dissection
            else { return false }
            return dissection.any(place, bytes, body)
        case .slice(.record(.bytes), let slices): return Self.slice(bytes, slices, body)
        case .slice(let inner, let slices):
            return inner.any(record, bytes, with: opened) { value in
                switch value {
                case .bytes(let b): return Self.slice(b.span.bytes, slices, body)
                case .text, .code: return Self.slice(value.text, slices, body)
                default: return false
                }
            }
        case .function(.count, let inner):
            // If the record's type does not have the field, the count has no value.
            if case .message(let places, _) = inner {
                guard let type = record.message, places[ObjectIdentifier(type)] != nil else { return false }
            }
            return body(.number(FilterNumber(inner.count(record, bytes, opened))))
        case .function(.len, .record(.bytes)): return body(.number(FilterNumber(bytes.byteCount)))
        case .function(let function, let inner):
            return inner.any(record, bytes, with: opened) { value in function.result(value).map(body) ?? false }
        case .negative(let inner):
            return inner.any(record, bytes, with: opened) { value in value.number.map { body(.number(-$0)) } ?? false }
        case .arithmetic(let sign, let left, let right):
            return left.any(record, bytes, with: opened) { a in
                guard let a = a.number else { return false }
                return right.any(record, bytes, with: opened) { b in
                    guard let b = b.number, let result = sign.result(a, b) else { return false }
                    return body(.number(result))
                }
            }
        case .form(let inner, let form):
            return inner.any(record, bytes, with: opened) { value in
                guard case .bytes(let b) = value, let text = form.text(b) else { return false }
                return body(.text(text))
            }
        }
    }
    /// Returns true if a record has the operand, which may be a group of fields.
    func isThere(_ record: borrowing Record, _ bytes: RawSpan, _ opened: DissectedRecord?) -> Bool {
        switch self {
        case .record(let field): return field.isThere(record, opened?.notes ?? record.notes)
        case .message(let places, _):
            guard let type = record.message, let place = places[ObjectIdentifier(type)],
                let dissection = opened?.dissection
            else { return false }
            return dissection.any(place.steps[...]) { i, rest in
                rest.isEmpty || dissection.value(of: i, in: bytes).any(rest) { $0 != .null }
            }
        // A computed number is present if it is not zero, like the bits of a mask.
        default: return any(record, bytes, with: opened) { $0.number.map { !$0.isZero } ?? true }
        }
    }
    private func count(_ record: borrowing Record, _ bytes: RawSpan, _ opened: DissectedRecord?) -> Int {
        var count = 0
        if case .message(let places, _) = self, let type = record.message, let place = places[ObjectIdentifier(type)],
            let dissection = opened?.dissection
        {
            _ = dissection.any(place.steps[...]) { i, rest in
                let node = dissection.nodes[i]
                if node.isJSONValue {
                    _ = dissection.value(of: i, in: bytes).any(rest) { value in
                        if case .list = value {} else if value != .null { count += 1 }
                        return false
                    }
                } else if rest.isEmpty, node.shape != .list || node.index >= 0 {
                    count += 1
                }
                return false
            }
            return count
        }
        _ = any(record, bytes, with: opened) { _ in
            count += 1
            return false
        }
        return count
    }
    private static func slice(_ bytes: RawSpan, _ slices: [FilterSlice], _ body: (FilterValue) -> Bool) -> Bool {
        var out: [UInt8] = []
        for slice in slices {
            guard let range = slice.range(in: bytes.byteCount) else { return false }
            bytes.extracting(range).withUnsafeBytes { out.append(contentsOf: $0) }
        }
        return body(.bytes(out))
    }
    private static func slice(_ text: String, _ slices: [FilterSlice], _ body: (FilterValue) -> Bool) -> Bool {
        let all = text.unicodeScalars
        var out = String.UnicodeScalarView()
        for slice in slices {
            guard let range = slice.range(in: all.count) else { return false }
            out.append(contentsOf: all.dropFirst(range.lowerBound).prefix(range.count))
        }
        return body(.text(String(out)))
    }
}

extension FilterFunction {
    /// Returns the result for one value; nil if it does not exist.
    fileprivate func result(_ value: FilterValue) -> FilterValue? {
        switch (self, value) {
        case (.len, .bytes(let b)): .number(FilterNumber(b.count))
        case (.len, .text), (.len, .code): .number(FilterNumber(value.text.utf8.count))
        case (.lower, .text), (.lower, .code): .text(value.text.lowercased())
        case (.upper, .text), (.upper, .code): .text(value.text.uppercased())
        default: nil
        }
    }
}

extension Dissection {
    /// Calls `body` with every value at a place until it returns true. Returns true if it did.
    func any(_ place: FilterOperand.Place, _ bytes: RawSpan, _ body: (FilterValue) -> Bool) -> Bool {
        any(place.steps[...]) { i, rest in
            let node = nodes[i]
            guard node.shape == .leaf else { return false }
            switch node.type.kind {
            case .code(_, let names) where rest.isEmpty: return body(.code(node.number, names))
            case .json: return value(of: i, in: bytes).any(rest) { FilterValue($0).map(body) ?? false }
            default:
                guard rest.isEmpty, let value = FilterValue(value(of: i, in: bytes)) else { return false }
                guard place.isAmount, case .bytes(let b) = value else { return body(value) }
                return FieldMeaning.number(b).map { body(.number(FilterNumber($0))) } ?? false
            }
        }
    }
}
