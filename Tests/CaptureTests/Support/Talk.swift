import Node

@testable import Capture

/// The contents of a capture as the data of two ends with their times. `Rewriter` writes other captures of it.
struct Talk {
    /// Bytes that one side sent, or a segment without bytes that opens, closes or resets the connection.
    struct Piece: Hashable {
        /// The number of the connection, starting at 0.
        var connection: Int
        var isFromClient: Bool
        /// The offset of the first byte in the stream.
        var offset: Int
        var bytes: [UInt8]
        var flags: TCPFlags
        var time: Timestamp
    }
    struct Connection {
        var client: Endpoint
        var server: Endpoint
        /// The sequence numbers before the first bytes.
        var first: (client: UInt32, server: UInt32) = (0, 0)
    }
    var connections: [Connection] = []
    var pieces: [Piece] = []

    /// Reads a capture of whole connections without missing or reordered data. It leaves out bare acknowledgements and
    /// repeated data. Returns nil for any other capture.
    init?(_ path: String) throws(CaptureError) {
        var file = try CaptureFile(path)
        while try file.advance() {
            let packet = file.current()
            guard case .tcp(let s) = Layers(packet) else { return nil }
            let isOpening = s.flags.contains(.syn) && !s.flags.contains(.acknowledges)
            if isOpening { connections.append(Connection(client: s.source, server: s.destination)) }
            guard
                let i = connections.lastIndex(where: {
                    $0.client == s.source && $0.server == s.destination
                        || $0.client == s.destination && $0.server == s.source
                })
            else { return nil }
            let isClient = s.source == connections[i].client
            if s.flags.contains(.syn) {
                if isClient {
                    connections[i].first.client = s.sequence
                } else {
                    connections[i].first.server = s.sequence
                }
            }
            let isBare = s.flags.isDisjoint(with: [.syn, .fin, .reset])
            guard s.length > 0 || !isBare else { continue }
            let first = isClient ? connections[i].first.client : connections[i].first.server
            let offset = s.flags.contains(.syn) ? 0 : Int(s.sequence &- first &- 1)
            let said = pieces.filter { $0.connection == i && $0.isFromClient == isClient }
                .reduce(0) { $0 + $1.bytes.count }
            // Repeated data are left out. A reset in answer to a FIN is one byte after it.
            guard offset <= said || s.length == 0 else { return nil }
            let again = min(s.payload.count, said - min(offset, said))
            guard again < s.length || s.length == 0 else { continue }
            pieces.append(
                Piece(
                    connection: i, isFromClient: isClient, offset: said,
                    bytes: packet.bytes.extracting(s.payload).extracting(again...).withUnsafeBytes { [UInt8]($0) },
                    flags: s.flags, time: packet.time))
        }
    }
    /// The pieces grouped into stretches, which one side of one connection sends without an interruption. The cuts and
    /// the order within a stretch have no meaning.
    var stretches: [[Piece]] {
        var out: [[Piece]] = []
        for piece in pieces {
            let isWord = !piece.bytes.isEmpty && piece.flags.isDisjoint(with: [.syn, .fin, .reset])
            if let last = out.last?.last, isWord, !last.bytes.isEmpty, last.connection == piece.connection,
                last.isFromClient == piece.isFromClient, last.flags.isDisjoint(with: [.syn, .fin, .reset])
            {
                out[out.count - 1].append(piece)
            } else {
                out.append([piece])
            }
        }
        return out
    }
    /// Returns the bytes of one side of a connection.
    func stream(_ connection: Int, _ isFromClient: Bool) -> [UInt8] {
        pieces.filter { $0.connection == connection && $0.isFromClient == isFromClient }.flatMap(\.bytes)
    }
}
