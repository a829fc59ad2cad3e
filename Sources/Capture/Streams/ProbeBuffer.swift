import Node
import Wire

/// The first bytes of a connection, kept to detect its protocol.
///
/// It is an object, so that the table of connections stays small while most of them are silent.
final class ProbeBuffer {
    /// The maximum number of bytes of both directions that are kept for detection.
    static let undecidedLimit = 4096
    /// The same in a connection whose beginning is missing, and of the exchanges of HTTP before an upgrade.
    static let middleLimit = 64 << 10
    /// The maximum number of their pieces. With a lower limit, the result would depend on how the bytes were cut.
    static let undecidedPieces = 4096

    /// Bytes, or a gap of `missing` bytes.
    struct Held {
        var direction: StreamDirection
        var bytes: [UInt8]
        var missing: Int64
        var mark: Mark
    }
    /// The bytes and gaps, in order of arrival.
    private(set) var held: [Held] = []
    /// The number of bytes of memory that it keeps, without the object itself.
    private(set) var memory = 0
    /// The number of bytes in `held`.
    private var payloadBytes = 0
    /// The first bytes of either direction, up to a gap. They are joined only once, not with every piece.
    private(set) var starts = PerDirection<[UInt8]> { _ in [] }
    private var hasGap = PerDirection { _ in false }

    func hold(_ bytes: RawSpan, _ direction: StreamDirection, _ mark: Mark) {
        // The bytes count twice, because the first ones are also in `starts`.
        memory &+= 2 &* bytes.byteCount &+ 64
        payloadBytes &+= bytes.byteCount
        held.append(
            Held(direction: direction, bytes: bytes.withUnsafeBytes { [UInt8]($0) }, missing: 0, mark: mark))
        guard !hasGap[direction], starts[direction].count < Self.undecidedLimit else { return }
        bytes.withUnsafeBytes { starts[direction].append(contentsOf: $0) }
    }
    /// True if the end taken for the server sent the head of an HTTP request, or the other one a response; nil without
    /// such heads.
    var isSwappedByHead: Bool? {
        for direction in StreamDirection.allCases {
            if Self.isRequest(starts[direction]) { return direction == .fromServer }
            if starts[direction].starts(with: "HTTP/".utf8) { return direction == .fromClient }
        }
        return nil
    }
    /// Returns true if the head of an HTTP request begins here.
    private static func isRequest(_ bytes: [UInt8]) -> Bool { methods.contains { bytes.starts(with: $0.utf8) } }
    private static let methods = ["GET ", "HEAD ", "POST ", "OPTIONS ", "CONNECT "]
    /// The pieces of an HTTP connection that begin with the head of a request.
    var laterHeads: [Held] {
        guard isSwappedByHead != nil else { return [] }
        return held.filter { Self.isRequest($0.bytes) }
    }
    /// The pieces of a connection to a proxy in which the protocol of the tunnel may begin.
    var tunnelled: [Held] {
        StreamDirection.allCases.contains { starts[$0].starts(with: "CONNECT ".utf8) }
            ? held.filter { $0.bytes.count >= ProtocolDetector.enough } : []
    }
    /// True if the end taken for the server is the client, decided without a SYN: by an HTTP head, or because the
    /// client sends first. Nil as long as that is open: both sides may send a greeting at once, and the server answers
    /// what follows the client's.
    var isSwapped: Bool? {
        if let isSwappedByHead { return isSwappedByHead }
        var counts = PerDirection { _ in 0 }
        for piece in held {
            counts[piece.direction] += piece.bytes.count
            if counts[piece.direction] > Self.greeting.count { return piece.direction == .fromServer }
        }
        return nil
    }
    /// True if a side sent the header of multistream-select.
    var isGreeted: Bool { StreamDirection.allCases.contains { starts[$0].starts(with: Self.greeting) } }
    /// The header of multistream-select with its length.
    private static let greeting = [UInt8]("\u{13}/multistream/1.0.0\n".utf8)
    func holdGap(_ count: Int64, _ direction: StreamDirection, _ mark: Mark) {
        memory &+= 64
        held.append(Held(direction: direction, bytes: [], missing: count, mark: mark))
        hasGap[direction] = true
    }
    /// Returns true if no more bytes are kept for detection. `knowsStart`: the connection was captured from its first
    /// byte, which decides soon.
    func isFull(knowsStart: Bool) -> Bool {
        payloadBytes > (knowsStart ? Self.undecidedLimit : Self.middleLimit) || held.count > Self.undecidedPieces
    }
}
