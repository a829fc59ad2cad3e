public import Wire

/// A domain name (RFC 1035, section 4.1.4): labels, and at its end the root or a pointer to an earlier name of the same
/// message.
///
/// People read and write the whole name with dots, regardless of the pointer. A message that was read keeps the bytes on
/// the wire, so that its encoding has the same pointers. In text, a label has `\.` for a dot, `\\` for a backslash and
/// `\123` for a byte that cannot be shown. Text that ends with `@12` is a name that ends with a pointer to offset 12.
public struct DomainName: ByteString, ExpressibleByStringLiteral {
    /// The name on the wire, which may end with a pointer.
    public var bytes: Bytes
    /// The labels of the whole name, each after its length, and the root. Empty if the pointer cannot be followed.
    public internal(set) var expanded: [UInt8] = []

    /// The maximum number of bytes of a whole name (RFC 1035, section 3.1).
    static var limit: Int { 255 }
    /// The maximum number of bytes of a label.
    static var labelLimit: Int { 63 }

    /// Creates a name without any bytes, which is no valid name.
    public init() { bytes = Bytes() }
    /// Creates a name from its bytes on the wire. If they end with a pointer, the whole name is unknown.
    public init(bytes: Bytes) {
        self.bytes = bytes
        guard let own = bytes.own else { return }
        let read = NameReading(own.span.bytes, at: 0)
        if read.isGood, read.count == own.count { expanded = read.expanded }
    }
    /// Creates a name from labels, without a pointer.
    public init(labels: [[UInt8]]) {
        self.init(bytes: Bytes(labels.flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 } + [0]))
    }
    /// Creates a name from text; an invalid text gives a name without bytes.
    public init(stringLiteral text: String) { self = NameText.name(text) ?? Self() }
    public static var kind: Kind { .text }
    public static var refersBack: Bool { true }
    /// Creates a name from text, or from its bytes on the wire.
    public init?(_ value: Value) {
        switch value {
        case .text(let text):
            guard let name = NameText.name(text) else { return nil }
            self = name
        case .bytes(let raw): self.init(bytes: Bytes(raw))
        default: return nil
        }
    }
    public func value(in packet: RawSpan) -> Value {
        .text(expanded.isEmpty ? bytes.withSpan(in: packet) { NameText.raw([UInt8]($0)) } : NameText.text(expanded))
    }
    /// Returns the whole name. `bytes` begin with the message, and `number` is the offset of the name.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        let start = min(Int(clamping: number), bytes.byteCount)
        let read = NameReading(bytes, at: start)
        return .text(
            read.isGood ? NameText.text(read.expanded) : NameText.raw([UInt8](bytes.extracting(start...))))
    }
    /// The whole name as text; empty if it is unknown.
    public var text: String { expanded.isEmpty ? "" : NameText.text(expanded) }
    /// The labels of the whole name, without the root.
    public var labels: [[UInt8]] {
        var out: [[UInt8]] = []
        var at = 0
        while at < expanded.count, expanded[at] > 0 {
            out.append(Array(expanded[at + 1..<at + 1 + Int(expanded[at])]))
            at += 1 + Int(expanded[at])
        }
        return out
    }
    /// The whole name with the letters A to Z in lower case. Names are equal if these are (RFC 6762, section 16).
    public var folded: [UInt8] { Self.fold(expanded) }
    /// Returns bytes with the letters A to Z in lower case.
    static func fold(_ bytes: [UInt8]) -> [UInt8] { bytes.map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 } }
    /// Returns true if both are known and the same name, regardless of case and of pointers.
    public func isSame(as other: Self) -> Bool { !expanded.isEmpty && folded == other.folded }
    /// Returns the name with a label before it.
    func prefixed(by label: String) -> Self { Self(labels: [Array(label.utf8)] + labels) }
}

/// The reading of a name within its message. It is a value without bytes, so that it can look at the whole message
/// before the name is read as a field.
struct NameReading: FixedValue {
    /// The labels of the whole name, each after its length, and the root.
    private(set) var expanded: [UInt8] = []
    /// The number of bytes of the name at its own place. If the message is cut off, it is one more than there are.
    private(set) var count = 0
    /// False for a reserved kind of label, a pointer that does not point back, and a name that is too long.
    private(set) var isGood = true
    /// The pointer or the first byte of the label that is refused.
    private(set) var refused: UInt64 = 0

    init() {}
    /// Reads the name at an offset. Each pointer must point before the part of the name that it ends. So the work is
    /// bounded, because the parts become ever earlier, and a name has at most 255 bytes.
    init(_ message: RawSpan, at start: Int) { read(message, from: start) }
    private mutating func read(_ message: RawSpan, from start: Int) {
        var (at, part, isOwn) = (start, start, true)
        while at < message.byteCount {
            let first = UInt8.load(message, at, .big)
            switch first >> 6 {
            case 0:
                let size = 1 + Int(first)
                if isOwn { count = at - start + size }
                guard message.byteCount - at >= size else { return end(isOwn) }
                expanded += [UInt8](message.extracting(at..<at + size))
                guard expanded.count <= DomainName.limit else { return refuse(UInt64(first)) }
                if first == 0 { return }
                at += size
            case 3:
                if isOwn { count = at - start + 2 }
                guard message.byteCount - at >= 2 else { return end(isOwn) }
                let target = Int(UInt16.load(message, at, .big) & 0x3fff)
                guard target < part, target >= DNSMessage.headerCount else { return refuse(UInt64(target)) }
                (at, part, isOwn) = (target, target, false)
            default:
                if isOwn { count = at - start + 1 }
                return refuse(UInt64(first))
            }
        }
        if isOwn { count = at - start + 1 }
        end(isOwn)
    }
    /// Ends at the end of the message. The bytes of the name itself are then too few, which the field reports.
    private mutating func end(_ isOwn: Bool) {
        isGood = isOwn
        expanded = []
    }
    private mutating func refuse(_ value: UInt64) { (isGood, refused, expanded) = (false, value, []) }

    static var byteCount: Int { 0 }
    static var kind: Kind { .text }
    static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self { Self(s, at: at) }
    func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding) {}
    init?(varint: UInt64) { nil }
    init?(_ value: Value) { nil }
    func value(in packet: RawSpan) -> Value { .null }
    var number: UInt64 { 0 }
    static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { .null }
}

extension Coder where Self: ~Copyable & ~Escapable {
    /// Codes a name. A reader follows its pointers.
    @_lifetime(self: copy self)
    mutating func domain(_ name: StaticString, _ value: inout DomainName) {
        guard let read = peek(NameReading.self) else { return bytes(name, &value, count: 0, by: "") }
        bytes(name, &value, count: read.count, by: "")
        value.expanded = read.isGood ? read.expanded : []
        require(name, read.isGood, read.refused)
    }
}
