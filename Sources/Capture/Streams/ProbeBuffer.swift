import Node
import Wire

/// What a connection has said before its protocol is known, kept to tell that by.
///
/// An object, so that the table of connections stays small while most of them say nothing.
final class ProbeBuffer {
    /// Bytes that are kept, both directions together, until they tell a protocol.
    static let undecidedLimit = 4096
    /// Pieces of them. A decision after fewer would turn on how the bytes were cut.
    static let undecidedPieces = 4096

    /// Bytes, or a gap of so many that are missing.
    struct Held {
        var isClient: Bool
        var bytes: [UInt8]
        var missing: Int64
        var mark: Mark
    }
    /// What came, in order of arrival.
    var held: [Held] = []
    private var heldBytes = 0
    /// Bytes in `held`.
    private var saidBytes = 0
    /// The first bytes of either direction, up to a gap: put together once, not with every piece.
    private var (fromClient, fromServer): ([UInt8], [UInt8]) = ([], [])
    private var (clientHasGap, serverHasGap) = (false, false)
    /// Bytes that were counted for this connection in all.
    var charged = 0

    /// Bytes that it keeps, beside itself.
    var memory: Int { heldBytes }

    func hold(_ bytes: RawSpan, _ isClient: Bool, _ mark: Mark) {
        // Twice: what is said first is in a start as well.
        heldBytes &+= 2 &* bytes.byteCount &+ 64
        saidBytes &+= bytes.byteCount
        held.append(
            Held(isClient: isClient, bytes: bytes.withUnsafeBytes { [UInt8]($0) }, missing: 0, mark: mark))
        if isClient, !clientHasGap, fromClient.count < Self.undecidedLimit {
            bytes.withUnsafeBytes { fromClient.append(contentsOf: $0) }
        } else if !isClient, !serverHasGap, fromServer.count < Self.undecidedLimit {
            bytes.withUnsafeBytes { fromServer.append(contentsOf: $0) }
        }
    }
    func holdGap(_ count: Int64, _ isClient: Bool, _ mark: Mark) {
        heldBytes &+= 64
        held.append(Held(isClient: isClient, bytes: [], missing: count, mark: mark))
        if isClient { clientHasGap = true } else { serverHasGap = true }
    }
    func takeHeld() -> [Held] {
        heldBytes = 0
        saidBytes = 0
        (fromClient, fromServer, clientHasGap, serverHasGap) = ([], [], false, false)
        defer { held = [] }
        return held
    }
    /// The first bytes of one direction, up to a gap.
    func start(ofClient isClient: Bool) -> [UInt8] { isClient ? fromClient : fromServer }
    /// True when nothing more is kept to tell a protocol by.
    var isFull: Bool { saidBytes > Self.undecidedLimit || held.count > Self.undecidedPieces }
}
