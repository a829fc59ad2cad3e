internal import Node
internal import Wire

/// A compiled filter.
indirect enum FilterNode: Sendable {
    case all([FilterNode])
    case any([FilterNode])
    /// True if an odd number of the nodes is true.
    case odd([FilterNode])
    case not(FilterNode)
    case protocolName(String)
    /// True for records with this name that are not messages, such as `nano.malformed`.
    case name(String)
    case type(ObjectIdentifier)
    /// The test for messages of each type; false for other types.
    case byType([ObjectIdentifier: FilterNode])
    case present(FilterOperand)
    case test(FilterOperand, FilterTest, isNegated: Bool, FilterQuantifier)

    /// Returns true if the filter selects the record. Sets `opened` if it dissected the record.
    func holds(_ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?) -> Bool {
        switch self {
        case .all(let nodes):
            for n in nodes where !n.holds(record, bytes, &opened) { return false }
            return true
        case .any(let nodes):
            for n in nodes where n.holds(record, bytes, &opened) { return true }
            return false
        case .odd(let nodes):
            var isOdd = false
            for n in nodes where n.holds(record, bytes, &opened) { isOdd.toggle() }
            return isOdd
        case .not(let inner): return !inner.holds(record, bytes, &opened)
        case .protocolName(let name): return record.protocolName == name
        case .name(let name): return record.message == nil && record.name == name
        case .type(let type): return record.message.map { ObjectIdentifier($0) } == type
        case .byType(let nodes):
            guard let type = record.message, let node = nodes[ObjectIdentifier(type)] else { return false }
            return node.holds(record, bytes, &opened)
        case .test(.message(let places, _), let test, let isNegated, let quantifier):
            guard let type = record.message, let place = places[ObjectIdentifier(type)] else { return false }
            Self.open(record, bytes, &opened, isNeeded: true)
            guard let dissection = opened?.dissection else { return false }
            return test.holds(isNegated: isNegated, for: quantifier, record, bytes, with: opened) {
                dissection.any(place, bytes, $0)
            }
        case .present(let operand):
            Self.open(record, bytes, &opened, isNeeded: operand.needsDissection(record))
            return operand.isThere(record, bytes, opened)
        case .test(let left, let test, let isNegated, let quantifier):
            Self.open(record, bytes, &opened, isNeeded: left.needsDissection(record) || test.needsDissection(record))
            return test.holds(isNegated: isNegated, for: quantifier, record, bytes, with: opened) {
                left.any(record, bytes, with: opened, $0)
            }
        }
    }
    @inline(__always)
    private static func open(
        _ record: borrowing Record, _ bytes: RawSpan, _ opened: inout DissectedRecord?, isNeeded: Bool
    ) {
        if isNeeded, opened == nil { opened = DissectedRecord(record, bytes) }
    }
}

/// The condition that a filter applies to the values of an operand.
enum FilterTest: Sendable {
    case compare(FilterComparison, FilterOperand)
    /// Single values and ranges; a range includes both bounds.
    case among([(low: FilterOperand, high: FilterOperand?)])
    case contains(FilterOperand)
    case matches(RegularExpression)

    /// Returns true if the name of a message passes. Returns false if that depends on other values of the record.
    func holds(forName name: String) -> Bool {
        let value = FilterValue.text(name)
        return switch self {
        case .compare(.equal, .literal(let wanted)): FilterComparison.equal.holds(value, wanted)
        case .among(let ranges):
            ranges.contains { low, high in
                if case .literal(let wanted) = low, high == nil {
                    FilterComparison.equal.holds(value, wanted)
                } else {
                    false
                }
            }
        case .contains(.literal(let part)): value.contains(part)
        case .matches(let expression): expression.fits(name) ?? false
        case .compare, .contains: false
        }
    }
    func needsDissection(_ record: borrowing Record) -> Bool {
        switch self {
        case .compare(_, let right), .contains(let right): right.needsDissection(record)
        case .among, .matches: false
        }
    }
    /// Returns true if a value that `any` yields passes, or, for the quantifier `all`, if there are values and all
    /// pass. If `isNegated`, a value passes if the test fails for it.
    func holds(
        isNegated: Bool, for quantifier: FilterQuantifier, _ record: borrowing Record, _ bytes: RawSpan,
        with opened: DissectedRecord?, _ any: ((FilterValue) -> Bool) -> Bool
    ) -> Bool {
        var isThere = false
        let wantsAll = quantifier == .all
        /// Returns true if this value decides the result.
        func decides(_ holds: Bool) -> Bool {
            isThere = true
            return (holds != isNegated) != wantsAll
        }
        let isDecided = any { a in
            switch self {
            case .compare(let comparison, .literal(let b)): return decides(comparison.holds(a, b))
            case .compare(let comparison, let right):
                return right.any(record, bytes, with: opened) { b in decides(comparison.holds(a, b)) }
            case .among(let ranges):
                return decides(
                    ranges.contains { low, high in
                        guard let high else {
                            return low.any(record, bytes, with: opened) { FilterComparison.equal.holds(a, $0) }
                        }
                        return low.any(record, bytes, with: opened) { FilterComparison.greaterOrEqual.holds(a, $0) }
                            && high.any(record, bytes, with: opened) { FilterComparison.lessOrEqual.holds(a, $0) }
                    })
            case .contains(let part): return part.any(record, bytes, with: opened) { b in decides(a.contains(b)) }
            case .matches(let expression): return decides(expression.fits(a.text) ?? false)
            }
        }
        return wantsAll ? isThere && !isDecided : isDecided
    }
}
