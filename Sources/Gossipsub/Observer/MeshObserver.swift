import Libp2p
import Node
import Wire

/// Looks on at pubsub on all connections of a capture: what each side told of its topics and its mesh, which messages it
/// offered, asked for and sent. A peer is one side of one connection; only authors of messages are known by their ids.
///
/// What it keeps is bounded: beyond that it forgets, and says nothing of what it forgot. How nodes are set is not known
/// here: what a setting may explain is a warning, or merely noted.
struct MeshObserver: MessageObserver {
    private struct Side: Hashable {
        var connection: Int
        var isClient: Bool
    }
    private var connections: [Int: HeardConnection] = [:]
    private var authors: HeardAuthors
    /// Channels in which something was missed before their first RPC.
    private var doubted: Set<HeardChannel> = []
    /// Sides whose stream ended: what another one goes on with was said on that.
    private var ended: Set<Side> = []
    private var isUnsure = false
    /// Entries of all connections.
    private var count = 0
    private let limit: Int
    private let connectionLimit: Int
    private let verifies: Bool

    /// One that takes about so many bytes.
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
        let before = connections.values[i].count
        let isDoubted =
            !doubted.isEmpty && doubted.remove(message.channel) != nil
            || !ended.isEmpty && ended.contains(Side(connection: key, isClient: message.isFromClient))
        connections.values[i].meet(message, isUnsure: isUnsure || isDoubted)
        var turn = HeardTurn(message.time, isOwn: isOwn)
        connections.values[i].hear(rpc.rpc, bytes, isClient: message.isFromClient, &turn, &authors)
        if !turn.findings.isEmpty { findings += turn.findings }
        count += connections.values[i].count - before
        guard count > limit else { return }
        for key in connections.keys { connections[key]?.forget() }
        count = 0
    }
    mutating func finish(into findings: inout [HeardFinding]) {}
}

/// Both sides of a connection, each by what it said on its own stream.
struct HeardConnection {
    private var client: HeardSide?
    private var server: HeardSide?

    /// The side that is the client of the connection, or the other.
    subscript(isClient: Bool) -> HeardSide? {
        get { isClient ? client : server }
        set { if isClient { client = newValue } else { server = newValue } }
    }
    var count: Int { (client?.count ?? 0) + (server?.count ?? 0) }
    var isOver: Bool { client == nil && server == nil }

    /// A side says something; another stream of it is a fresh one.
    mutating func meet(_ message: HeardMessage, isUnsure: Bool) {
        let known = self[message.isFromClient]
        if known?.channel == message.channel {
            if isUnsure { self[message.isFromClient]?.isUnsure = true }
            return
        }
        var side = HeardSide(message.channel, HeardVersion(message.speaks))
        // What of two streams at a time the other side listens to is not known.
        side.isUnsure = isUnsure || known != nil
        self[message.isFromClient] = side
    }
    /// A side that was met says this.
    mutating func hear(
        _ rpc: RPCContent, _ bytes: RawSpan, isClient: Bool, _ turn: inout HeardTurn, _ authors: inout HeardAuthors
    ) {
        if isClient {
            client?.hear(rpc, bytes, &server, &turn, &authors)
        } else {
            server?.hear(rpc, bytes, &client, &turn, &authors)
        }
    }
    /// False: the channel is not known.
    mutating func miss(_ channel: HeardChannel) -> Bool {
        for isClient in [true, false] where self[isClient]?.channel == channel {
            self[isClient]?.isUnsure = true
            return true
        }
        return false
    }
    /// Whose stream it was; nil: nobody's that is known.
    mutating func end(_ channel: HeardChannel) -> Bool? {
        for isClient in [true, false] where self[isClient]?.channel == channel {
            self[isClient] = nil
            return isClient
        }
        return nil
    }
    mutating func forget() {
        client?.forget()
        server?.forget()
    }
}
