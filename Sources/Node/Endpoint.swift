/// An IP address and a port. IPv4 is held as mapped IPv6 (`::ffff:a.b.c.d`), as most mesh protocols send it.
public struct Endpoint: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The first 64 bits of the IPv6 address.
    public var high: UInt64
    /// The last 64 bits of the IPv6 address.
    public var low: UInt64
    public var port: UInt16

    /// Creates an endpoint from the halves of an IPv6 address.
    public init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }
    /// Creates an endpoint from an IPv4 address, first byte highest.
    public init(v4: UInt32, port: UInt16) { self.init(high: 0, low: 0xffff_0000_0000 | UInt64(v4), port: port) }
    /// Creates an endpoint from 16 bytes of IPv6; nil if there are more or fewer bytes.
    public init?(address: some Collection<UInt8>, port: UInt16) {
        guard address.count == 16 else { return nil }
        self.init(
            high: address.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: address.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }, port: port)
    }
    /// Returns 127.0.0.1 with this port.
    public static func loopback(_ port: UInt16) -> Self { Self(v4: 0x7f00_0001, port: port) }

    /// The 16 bytes of the address.
    public var address: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }
    /// The IPv4 address, if this is one.
    public var v4: UInt32? { high == 0 && low >> 32 == 0xffff ? UInt32(truncatingIfNeeded: low) : nil }
    /// True for `::` and `0.0.0.0`, with any port.
    public var isUnspecified: Bool { high == 0 && low == 0 || v4 == 0 }

    /// True for `127.0.0.0/8` and `::1`, with any port.
    public var isLoopback: Bool { v4.map { $0 >> 24 == 127 } ?? (high == 0 && low == 1) }

    /// True for the addresses of multicast groups, with any port.
    public var isMulticast: Bool { v4.map { $0 >> 28 == 0xe } ?? (high >> 56 == 0xff) }

    /// Orders endpoints by address, then port.
    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low, a.port) < (b.high, b.low, b.port) }

    /// The address without its port, in the form of RFC 5952.
    public var host: String {
        if let v4 { return (0..<4).map { String(v4 >> (24 - 8 * UInt32($0)) & 255) }.joined(separator: ".") }
        let words = address.indices.filter { $0 % 2 == 0 }.map { UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]) }
        var best = 0..<0
        var start = 0
        for i in 0...8 where i == 8 || words[i] != 0 {
            if i - start > max(1, best.count) { best = start..<i }
            start = i + 1
        }
        func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty
            ? text(words[...]) : text(words[..<best.lowerBound]) + "::" + text(words[best.upperBound...])
    }
    /// The address with its port: `127.0.0.1:7075` or `[::1]:7075`.
    public var description: String { v4 != nil ? "\(host):\(port)" : "[\(host)]:\(port)" }

    /// Parses `127.0.0.1:7075`, `[::1]:7075` or `localhost:7075`; nil for other names and malformed text.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else {
            return nil
        }
        self.init(host: text[..<colon], port: port)
    }
    /// Parses an address without a port.
    public init?(host: some StringProtocol, port: UInt16) {
        if host == "localhost" {
            self = .loopback(port)
        } else if host.hasPrefix("["), host.hasSuffix("]") {
            guard let words = Self.words(host.dropFirst().dropLast()) else { return nil }
            self.init(
                high: words[..<4].reduce(0) { $0 << 16 | UInt64($1) },
                low: words[4...].reduce(0) { $0 << 16 | UInt64($1) },
                port: port)
        } else if let v4 = Self.v4(host) {
            self.init(v4: v4, port: port)
        } else {
            return nil
        }
    }
    static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var out: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let byte = UInt8(part) else { return nil }
            out = out << 8 | UInt32(byte)
        }
        return out
    }
    static func words(_ text: some StringProtocol) -> [UInt16]? {
        // The last two words may be written as an IPv4 address.
        func part(_ s: some StringProtocol, isLast: Bool) -> [UInt16]? {
            if s.isEmpty { return [] }
            var out: [UInt16] = []
            let words = s.split(separator: ":", omittingEmptySubsequences: false)
            for (i, word) in words.enumerated() {
                if isLast, i == words.count - 1, word.contains("."), let v4 = v4(word) {
                    out += [UInt16(truncatingIfNeeded: v4 >> 16), UInt16(truncatingIfNeeded: v4)]
                } else {
                    guard word.utf8.count <= 4, word.first != "+", word.first != "-", let n = UInt16(word, radix: 16)
                    else { return nil }
                    out.append(n)
                }
            }
            return out
        }
        let text = String(text)
        guard let gap = text.firstRange(of: "::") else {
            guard let all = part(text, isLast: true), all.count == 8 else { return nil }
            return all
        }
        guard let head = part(text[..<gap.lowerBound], isLast: false),
            let tail = part(text[gap.upperBound...], isLast: true),
            head.count + tail.count <= 7
        else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }
}
