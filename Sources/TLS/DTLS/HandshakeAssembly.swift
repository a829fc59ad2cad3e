import Wire

/// A reassembler of the handshake messages of one side of DTLS. Fragments may be lost, repeated, overlap, and arrive in
/// any order.
struct HandshakeAssembly {
    fileprivate struct Message {
        /// The message in the form of TLS: the type, the length, and the body with zeros where bytes are missing.
        var bytes: [UInt8]
        /// The ranges of the body that are there, in order and apart.
        var ranges: [Range<Int>] = []
    }
    /// The incomplete messages by number.
    private var waiting: [UInt16: Message] = [:]
    /// The numbers of complete messages. A handshake has about ten.
    private var done: Set<UInt16> = []

    /// The maximum number of incomplete messages, and of the numbers that are remembered. Fragments of further messages
    /// are dropped.
    private static let limit = 32
    /// The maximum number of parts of a message that are not joined yet.
    private static let partLimit = 256

    /// The number of bytes that it keeps.
    var memory: Int { waiting.values.reduce(0) { $0 + $1.bytes.count } }

    /// Receives the content of a record, and returns the messages that it completes, in the form of TLS. A message that
    /// was complete before is left out. Returns nil if the content does not consist of fragments.
    mutating func receive(_ content: RawSpan) -> [[UInt8]]? {
        var out: [[UInt8]] = []
        var at = 0
        while at < content.byteCount {
            let rest = content.extracting(at...)
            guard let size = Self.size(of: rest) else { return at > 0 ? out : nil }
            var fragment = HandshakeFragment()
            let part = rest.extracting(0..<size)
            guard fragment.read(borrowing: part) else { return at > 0 ? out : nil }
            if let message = add(fragment, in: part) { out.append(message) }
            at += size
        }
        return out
    }
    /// Begins another handshake, whose numbers start again.
    mutating func restart() { self = Self() }

    private static func size(of bytes: RawSpan) -> Int? {
        guard bytes.byteCount >= HandshakeFragment.headerSize else { return nil }
        let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt32.self).bigEndian
        let size = HandshakeFragment.headerSize + Int(word & 0xff_ffff)
        return size <= bytes.byteCount ? size : nil
    }
    private mutating func add(_ fragment: HandshakeFragment, in part: RawSpan) -> [UInt8]? {
        let (count, number) = (Int(fragment.length), fragment.number)
        guard count <= HandshakeMessage.bodyLimit, !done.contains(number) else { return nil }
        let header = [
            fragment.type.rawValue, UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
            UInt8(truncatingIfNeeded: count),
        ]
        if fragment.fragment.count == count {
            finish(number)
            return header + fragment.fragment.array(in: part)
        }
        // A claimed length costs no memory before the bytes are there: the body grows up to the last of them.
        var message = waiting[number] ?? Message(bytes: header)
        guard waiting[number] != nil || waiting.count < Self.limit, message.bytes.starts(with: header),
            message.ranges.count < Self.partLimit
        else { return nil }
        let start = Int(fragment.offset)
        let end = HandshakeMessage.headerSize + start + fragment.fragment.count
        if message.bytes.count < end {
            message.bytes += [UInt8](repeating: 0, count: end - message.bytes.count)
        }
        message.bytes.replaceSubrange(
            HandshakeMessage.headerSize + start..<end, with: fragment.fragment.array(in: part))
        message.join(start..<start + fragment.fragment.count)
        if message.ranges == [0..<count] {
            finish(number)
            return message.bytes
        }
        waiting[number] = message
        return nil
    }
    private mutating func finish(_ number: UInt16) {
        waiting[number] = nil
        if done.count < Self.limit { done.insert(number) }
    }
}

extension HandshakeAssembly.Message {
    /// Adds a range to those that are there.
    fileprivate mutating func join(_ range: Range<Int>) {
        var joined = range
        var out: [Range<Int>] = []
        for old in ranges {
            if old.upperBound < joined.lowerBound || old.lowerBound > joined.upperBound {
                out.append(old)
            } else {
                joined = min(old.lowerBound, joined.lowerBound)..<max(old.upperBound, joined.upperBound)
            }
        }
        ranges = (out + [joined]).sorted { $0.lowerBound < $1.lowerBound }
    }
}
