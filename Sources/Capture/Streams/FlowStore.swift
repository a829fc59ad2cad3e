import Node

/// The connections of a capture, found by their two ends in either order.
struct FlowStore {
    /// The connections, in pieces that are never moved when more are added.
    private var pieces: [ContiguousArray<Flow>] = []
    private var index = HashIndex(slots: 64)
    private let seed = HashSeed()
    /// The number of positions in use or free; `free` lists the free ones.
    private var end = 0
    private var free: [UInt32] = []

    private static let pieceBits = 9
    private static let pieceMask = (1 << pieceBits) &- 1

    /// The number of known connections.
    var count: Int { end &- free.count }
    /// The connection at a position, in place. A copy would hold references to its parts.
    subscript(position: Int) -> Flow {
        @inline(__always) _read { yield pieces[position >> Self.pieceBits][position & Self.pieceMask] }
        @inline(__always) _modify { yield &pieces[position >> Self.pieceBits][position & Self.pieceMask] }
    }
    /// Returns the positions of the selected connections, in the order of their numbers.
    func positions(where isChosen: (Flow) -> Bool = { _ in true }) -> [Int] {
        (0..<end).filter { self[$0].number > 0 && isChosen(self[$0]) }.sorted { self[$0].number < self[$1].number }
    }
    /// Returns the same positions; the connections that were silent longest are first.
    func longestSilent(where isChosen: (Flow) -> Bool = { _ in true }) -> [Int] {
        positions(where: isChosen).sorted {
            (self[$0].lastFrame, self[$0].number) < (self[$1].lastFrame, self[$1].number)
        }
    }

    /// Returns the position of the connection between two ends.
    @inline(__always)
    func find(_ a: Endpoint, _ b: Endpoint, _ transport: Transport) -> Int? {
        index.find(hash(a, b, transport)) { isAt($0, a, and: b, over: transport) }
    }
    /// Returns true if the connection at a position is between two ends.
    @inline(__always)
    func isAt(_ position: Int, _ a: Endpoint, and b: Endpoint, over transport: Transport) -> Bool {
        pieces[position >> Self.pieceBits].withUnsafeBufferPointer { piece in
            guard let first = piece.baseAddress, piece.indices.contains(position & Self.pieceMask) else { return false }
            let flow = first + (position & Self.pieceMask)
            let (client, server) = (flow.pointee.client, flow.pointee.server)
            return (a == client && b == server || b == client && a == server) && flow.pointee.transport == transport
        }
    }
    /// Adds a connection between ends that have none yet. Returns its position.
    mutating func add(_ flow: Flow) -> Int {
        let position: Int
        if let old = free.popLast() {
            position = Int(old)
            self[position] = flow
        } else {
            position = end
            if position & Self.pieceMask == 0 {
                pieces.append([])
                if position > 0 { pieces[position >> Self.pieceBits].reserveCapacity(Self.pieceMask &+ 1) }
            }
            pieces[position >> Self.pieceBits].append(flow)
            end &+= 1
        }
        index.insert(hash(flow.client, flow.server, flow.transport), position)
        return position
    }
    /// Removes the connection at a position.
    mutating func remove(_ position: Int) {
        let flow = self[position]
        index.remove(hash(flow.client, flow.server, flow.transport), position)
        self[position] = Flow(number: 0, client: flow.client, server: flow.server, flow.transport)
        free.append(UInt32(position))
    }

    /// Returns a hash that is the same for both directions.
    @inline(__always)
    func hash(_ a: Endpoint, _ b: Endpoint, _ transport: Transport) -> UInt32 {
        let sum = part(a) &+ part(b) &+ (transport == .udp ? 1 : 0)
        let (high, low) = (sum ^ seed.start).multipliedFullWidth(by: seed.factor)
        return UInt32(truncatingIfNeeded: (high ^ low) >> 16)
    }
    @inline(__always)
    private func part(_ e: Endpoint) -> UInt64 {
        let (h1, l1) = (e.high ^ seed.start).multipliedFullWidth(by: seed.factor)
        let (h2, l2) = (e.low ^ h1 ^ l1 ^ UInt64(e.port) << 48).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return h2 ^ l2
    }
}
