import Node

@testable import Capture

/// What a capture holds, as what two ends said to each other and when: what `Rewriter` writes other captures of.
struct Talk {
    /// Bytes that one side said, or a segment without bytes that opens, closes or resets the connection.
    struct Piece: Hashable {
        /// Counted from 0.
        var connection: Int
        var isFromClient: Bool
        /// Of the first byte in the stream.
        var offset: Int
        var bytes: [UInt8]
        var flags: TCPFlags
        var time: Timestamp
    }
    struct Connection {
        var client: Endpoint
        var server: Endpoint
        /// Sequence numbers before the first bytes.
        var first: (client: UInt32, server: UInt32) = (0, 0)
    }
    var connections: [Connection] = []
    var pieces: [Piece] = []

    /// Reads a capture of whole connections in which nothing is missing or out of order. Bare acknowledgements and what
    /// is sent again are left out. Nil when it is another one.
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
            // What is sent again is left out. A reset in answer to a FIN stands one behind it.
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
    /// The pieces in stretches that one side of one connection says without being interrupted. Within one, how it is
    /// cut and in which order it comes means nothing.
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
    /// Bytes of one side of a connection.
    func stream(_ connection: Int, _ isFromClient: Bool) -> [UInt8] {
        pieces.filter { $0.connection == connection && $0.isFromClient == isFromClient }.flatMap(\.bytes)
    }
}
