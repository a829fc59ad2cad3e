import Node
import Wire

/// The result of checking a packet's checksums: the IPv4 one (RFC 791, 3.1), and the TCP one (RFC 9293, 3.1) or UDP one
/// (RFC 768; RFC 8200, 8.1). In tunnels this checks the innermost packet.
enum ChecksumResult: Hashable, Sendable {
    case right
    /// The packet was changed on its way, and its receiver drops it.
    case wrong(header: String, value: UInt16, wanted: UInt16)
    /// The sender leaves the checksum to its network card, and the packet was captured before that. The field holds the
    /// sum of the pseudo-header alone, or zero.
    case unfilled
    /// The packet has no checksum, or was not captured completely.
    case unchecked

    /// The text of the finding about a wrong checksum.
    var fault: String? {
        guard case .wrong(let header, let value, let wanted) = self else { return nil }
        func text(_ value: UInt16) -> String { [BitName]().text(of: UInt64(value), digits: 4) }
        return
            "the checksum of \(header) is \(text(value)), expected \(text(wanted)): the packet is skipped, "
            + "as its receiver does"
    }
}

extension Layers {
    /// Checks the checksums of the packet with these layers; `bytes` are those from which the layers were read.
    func checksum(_ bytes: RawSpan) -> ChecksumResult {
        switch self {
        case .tcp(let segment):
            let header = Int(segment.headers.transport)
            let start = header &+ Int(bytes.byte(header &+ 12) >> 4) &* 4
            return Self.joined(
                Self.network(bytes, segment.headers.network),
                Self.transport(
                    bytes, "TCP", number: 6, after: segment.headers, field: 16, from: segment.source,
                    to: segment.destination,
                    isWhole: start == segment.payload.lowerBound && segment.payload.count == segment.length,
                    end: segment.payload.upperBound))
        case .udp(let datagram):
            let network = Self.network(bytes, datagram.headers.network)
            // Zero means that there is no checksum.
            if bytes.big16(Int(datagram.headers.transport) &+ 6) == 0 { return Self.joined(network, .unchecked) }
            return Self.joined(
                network,
                Self.transport(
                    bytes, "UDP", number: 17, after: datagram.headers, field: 6, from: datagram.source,
                    to: datagram.destination,
                    isWhole: datagram.payload.count == datagram.length, end: datagram.payload.upperBound))
        case .fragment(let fragment): return Self.network(bytes, fragment.network) ?? .unchecked
        case .other, .unopened, .damaged, .inner: return .unchecked
        }
    }
    /// Returns the result of the transport, unless the network's checksum is wrong.
    private static func joined(_ network: ChecksumResult?, _ transport: ChecksumResult) -> ChecksumResult {
        if let network, case .wrong = network { return network }
        return transport
    }
    /// Returns nil if there is no checksum to check.
    private static func network(_ bytes: RawSpan, _ place: Int32) -> ChecksumResult? {
        guard place >= 0 else { return nil }
        let at = Int(place)
        let end = at &+ Int(bytes.byte(at) & 15) &* 4
        guard end <= bytes.byteCount else { return .unchecked }
        var sum = Checksum()
        sum.add(bytes, at..<end)
        let value = bytes.big16(at &+ 10)
        if sum.isRight { return .right }
        return value == 0 ? .unfilled : .wrong(header: "IPv4", value: value, wanted: sum.wanted(without: value))
    }
    private static func transport(
        _ bytes: RawSpan, _ name: String, number: UInt64, after headers: HeaderPlaces, field: Int,
        from source: Endpoint, to destination: Endpoint, isWhole: Bool, end: Int
    ) -> ChecksumResult {
        guard isWhole, headers.network != HeaderPlaces.otherAddresses else { return .unchecked }
        let at = Int(headers.transport)
        let value = bytes.big16(at &+ field)
        // The prefix of a mapped IPv4 address adds 0xffff, which does not change a ones' complement sum.
        var pseudo = Checksum()
        for half in [source.high, source.low, destination.high, destination.low] { pseudo.add(half) }
        pseudo.add(number)
        let withoutLength = pseudo.folded
        pseudo.add(UInt64(end &- at))
        var sum = pseudo
        sum.add(bytes, at..<end)
        if sum.isRight { return .right }
        // If the network card splits the segment, some systems also leave out the length.
        if value == pseudo.folded || value == withoutLength { return .unfilled }
        return .wrong(header: name, value: value, wanted: sum.wanted(without: value))
    }
}

/// A ones' complement sum of 16-bit words (RFC 1071).
private struct Checksum {
    /// The sum of 32-bit words. A packet has too few of them to overflow 64 bits.
    private var sum: UInt64 = 0

    mutating func add(_ number: UInt64) { sum &+= number >> 32 &+ number & 0xffff_ffff }
    /// Adds the words of these bytes. An odd byte at the end is the higher half of a word.
    mutating func add(_ bytes: RawSpan, _ range: Range<Int>) {
        var at = range.lowerBound
        while range.upperBound &- at >= 4 {
            sum &+= UInt64(bytes.big32(at))
            at &+= 4
        }
        if range.upperBound &- at >= 2 {
            sum &+= UInt64(bytes.big16(at))
            at &+= 2
        }
        if at < range.upperBound { sum &+= UInt64(bytes.byte(at)) << 8 }
    }
    var folded: UInt16 {
        var n = sum
        while n >> 16 != 0 { n = n >> 16 &+ n & 0xffff }
        return UInt16(truncatingIfNeeded: n)
    }
    /// True for the sum of data that includes its checksum.
    var isRight: Bool { folded == 0xffff }
    /// Returns the correct checksum in place of `value`, which was added.
    func wanted(without value: UInt16) -> UInt16 {
        var rest = self
        rest.sum &+= UInt64(~value)
        return ~rest.folded
    }
}
