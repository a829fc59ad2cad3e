import Libp2p
import Node
import Wire

/// An observer of pubsub on all connections of a capture. It tracks the topics and the mesh of each side, and the
/// messages that each side offered, requested and sent. A peer is one side of one connection; only authors of messages
/// are identified by their ids.
///
/// Its memory is bounded. Beyond the bound it forgets, and reports nothing that depends on forgotten state. The
/// settings of the nodes are unknown here. A finding that a setting may explain is a warning or a note.
struct MeshObserver: MessageObserver {
    private struct Side: Hashable {
        var connection: Int
        var isClient: Bool
    }
    private var connections: [Int: HeardConnection] = [:]
    private var authors: HeardAuthors
    /// Channels that lost bytes before their first RPC.
    private var doubted: Set<HeardChannel> = []
    /// Sides of open connections whose stream ended. A further stream of such a side depends on messages that were sent
    /// on the ended one.
    private var ended: Set<Side> = []
    private var isUnsure = false
    /// The number of entries of all connections.
    private var count = 0
    private let limit: Int
    private let connectionLimit: Int
    private let verifies: Bool

    /// Creates an observer that uses about `memory` bytes.
    init(_ scrutiny: Scrutiny, memory: Int) {
        (limit, connectionLimit) = (max(1024, memory / 512), max(64, memory / 16_384))
        authors = HeardAuthors(limit: max(1024, memory / 1024))
        verifies = scrutiny == .content
    }
    mutating func miss(_ channel: HeardChannel) {
        if connections[channel.connection]?.miss(channel) == true { return }
        if doubted.count < connectionLimit { doubted.insert(channel) } else { isUnsure = true }
    }
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool) {
        guard sender == .us else { return }
        doubted.remove(channel)
        guard var connection = connections.removeValue(forKey: channel.connection) else { return }
        let before = connection.count
        if let isClient = connection.end(channel) {
            let side = Side(connection: channel.connection, isClient: isClient)
            if ended.count < 8 * connectionLimit { ended.insert(side) } else { isUnsure = true }
        }
        count += connection.count - before
        if !connection.isOver { connections[channel.connection] = connection }
    }
    mutating func end(connection: Int) {
        for isClient in [true, false] { ended.remove(Side(connection: connection, isClient: isClient)) }
    }
    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        guard message.sender == .us, message.type is RPC.Type else { return }
        var rpc = RPC()
        guard message.isGood, rpc.read(borrowing: bytes) else { return miss(message.channel) }
        let isOwn = verifies && (!rpc.rpc.publish.isEmpty || rpc.rpc.control?.prune.isEmpty == false)
        if isOwn, let own = try? RPC(copying: bytes) { rpc = own }
        let key = message.channel.connection
        if connections.index(forKey: key) == nil {
            guard connections.count < connectionLimit else { return }
            connections[key] = HeardConnection()
        }
        guard let i = connections.index(forKey: key) else { return }
        let isDoubted =
            !doubted.isEmpty && doubted.remove(message.channel) != nil
            || !ended.isEmpty && ended.contains(Side(connection: key, isClient: message.isFromClient))
        var turn = HeardTurn(message.time, isOwn: isOwn)
        count += connections.values[i].hear(
            message, rpc.rpc, bytes, isUnsure: isUnsure || isDoubted, in: &turn, authors: &authors)
        if !turn.findings.isEmpty { findings += turn.findings }
        guard count > limit else { return }
        for key in connections.keys { connections[key]?.forget() }
        count = 0
    }
    mutating func finish(into findings: inout [HeardFinding]) {}
}

/// Both sides of a connection, each with the messages of its own stream.
struct HeardConnection {
    private var client = HeardSide()
    private var server = HeardSide()

    var count: Int { client.count + server.count }
    var isOver: Bool { client.channel == nil && server.channel == nil }

    /// Judges a message of one side. `isUnsure`: a part of the stream was not seen. Returns the number of entries that
    /// were added.
    mutating func hear(
        _ message: HeardMessage, _ rpc: RPCContent, _ bytes: RawSpan, isUnsure: Bool, in turn: inout HeardTurn,
        authors: inout HeardAuthors
    ) -> Int {
        let before = count
        if message.isFromClient {
            client.meet(message, isUnsure: isUnsure)
            turn.hear(rpc, in: bytes, from: &client, to: &server, authors: &authors)
        } else {
            server.meet(message, isUnsure: isUnsure)
            turn.hear(rpc, in: bytes, from: &server, to: &client, authors: &authors)
        }
        return count - before
    }
    /// Notes missing bytes in a channel. Returns false if the channel is unknown.
    mutating func miss(_ channel: HeardChannel) -> Bool {
        guard let isClient = side(of: channel) else { return false }
        if isClient { client.isUnsure = true } else { server.isUnsure = true }
        return true
    }
    /// Ends a channel. Returns true if it was the client's stream, false if it was the server's, nil if the channel is
    /// unknown.
    mutating func end(_ channel: HeardChannel) -> Bool? {
        guard let isClient = side(of: channel) else { return nil }
        if isClient { client = HeardSide() } else { server = HeardSide() }
        return isClient
    }
    private func side(of channel: HeardChannel) -> Bool? {
        client.channel == channel ? true : server.channel == channel ? false : nil
    }
    mutating func forget() {
        client.forget()
        server.forget()
    }
}
