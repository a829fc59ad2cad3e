public import Wire

/// A reader that collects the units of one direction for an end of a layer, from chunks of any size. It keeps an
/// incomplete unit.
public struct UnitReader: Sendable {
    private var kept: [UInt8] = []

    /// Creates an empty reader.
    public init() {}
    /// The number of bytes that it keeps.
    public var memory: Int { kept.count }

    /// The result of a call.
    public enum Result {
        /// All bytes were consumed, and the unit is still incomplete.
        case needMore
        case refused(WireError)
        /// A unit is complete, and was passed to the closure.
        case unit
    }
    /// Consumes bytes starting at `at`, up to the end of one unit, and passes the unit to `body` as contiguous bytes.
    public mutating func next<M: Message>(
        _ type: M.Type, in bytes: RawSpan, at: inout Int, _ body: (M, RawSpan) -> Void
    ) -> Result {
        if kept.isEmpty {
            let rest = bytes.extracting(at...)
            switch M.prefix(of: rest) {
            case .message(let unit, let count):
                at += count
                body(unit, rest.extracting(0..<count))
                return .unit
            case .needMore:
                kept.append(rest)
                at = bytes.byteCount
                return .needMore
            case .refused(let error): return .refused(error)
            }
        }
        while true {
            switch M.prefix(of: kept.span.bytes) {
            case .message(let unit, let count):
                body(unit, kept.span.bytes.extracting(0..<count))
                kept.removeAll(keepingCapacity: kept.count <= 1 << 17)
                return .unit
            case .needMore(let missing):
                let count = min(missing, bytes.byteCount - at)
                if count == 0 { return .needMore }
                kept.append(bytes.extracting(at..<at + count))
                at += count
            case .refused(let error): return .refused(error)
            }
        }
    }
}

extension [UInt8] {
    mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}

extension Coder where Self: ~Copyable & ~Escapable {
    /// Codes a length in the multiformats encoding: a varint of at most `most`, in its shortest form.
    @inlinable @_lifetime(self: copy self)
    public mutating func length(
        _ name: StaticString, _ value: inout Derived<UInt32>, most: UInt32, _ computed: @autoclosure () -> UInt32
    ) {
        let before = remaining
        derived(name, &value, .varint, computed: computed())
        let count = before - remaining
        require(name, count == Varint.size(UInt64(value.value)) || before == 0, UInt64(value.value))
        require(name, value.value <= most, UInt64(value.value))
    }
}
