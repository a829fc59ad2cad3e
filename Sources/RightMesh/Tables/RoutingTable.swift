internal import Node
import Wire

/// Who can be reached, through whom, and how far away: some 90 bytes for each route, 120 at most.
///
/// Routes through a neighbour stand only as long as that to the neighbour, which is heard itself: they name it by its
/// place. Slots stay where they are; the ids are found by open addressing with a hash that others cannot foresee.
struct RoutingTable: Sendable {
    /// What became of an offer.
    enum Change: Sendable { case none, added, updated }

    private struct Slot: Sendable {
        var heard: Int64 = 0
        /// Where a neighbour is.
        var endpoint = Endpoint(high: 0, low: 0, port: 0)
        /// 0 while the slot is free.
        var hops: UInt8 = 0
        var role: UInt8 = 0
        /// The slot of the next hop.
        var via: UInt32 = 0
        /// The last snapshot that listed it.
        var mark: UInt32 = 0
        /// Routes through it, its own among them.
        var through: UInt32 = 0
        var id = MeshID()
    }
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// Numbers of slots by the hash of their ids; `.max` where there is none. A power of two of them.
    private var index = [UInt32](repeating: .max, count: 16)
    private let key: (UInt64, UInt64)
    private var snapshot: UInt32 = 0
    /// Routes through its sender that the snapshot has listed.
    private var listed: UInt32 = 0
    private let limit: Int
    /// How many nodes have each role.
    private var roles = [Int](repeating: 0, count: 256)
    /// A seeded fault.
    var bug: Misbehaviour?
    /// How many there are.
    private(set) var count = 0
    /// Never later than when the first route has to go, but for a moment when there are many.
    private(set) var deadline: Instant?
    /// Another number whenever something is reached another way, comes or goes.
    private var shape: UInt64 = 1
    /// What `attached` has found, and for which shape.
    private var attachedPlaces: [Int] = []
    private var attachedShape: UInt64 = 0
    /// What `places(of:)` has found, and for which shape and superpeers.
    private var superpeerPlaces: [Int?] = []
    private var superpeerShape: UInt64 = 0
    private var superpeerVersion = 0
    /// Where the next one of a list may stand: neighbours list the same nodes in the same order again and again.
    private var expected = 0
    /// Before this nobody looks through a table of many routes again, however soon those that others offer have to go.
    private var nextLook = Instant.zero

    /// An empty table of so many routes at most; the hash comes from the seed.
    init(seed: UInt64, limit: Int = Limits.routes) {
        var random = Random(seed: seed, "routes")
        key = (random.next() | 1, random.next() | 1)
        self.limit = limit
    }
    /// Bytes that it takes.
    var byteCount: Int {
        slots.capacity * MemoryLayout<Slot>.stride + (index.capacity + free.capacity) * MemoryLayout<UInt32>.stride
    }

    // What it holds

    /// Places that there are, used or not.
    var slotCount: Int { slots.count }
    func isUsed(_ place: Int) -> Bool { slots[place].hops > 0 }
    /// How many nodes have this role.
    func count(of role: Role) -> Int { roles[Int(role.rawValue)] }
    /// Whether a neighbour has listed all that goes through it in the snapshot that was begun.
    func hasListedAll(_ neighbour: Int) -> Bool { slots[neighbour].through == listed + 1 }

    /// Where a route stands, for the other calls; until something is removed.
    func place(of id: MeshID) -> Int? {
        let wanted = Words(id)
        var i = hash(wanted)
        while index[i] != .max {
            let slot = Int(index[i])
            if Words(slots[slot].id) == wanted { return slot }
            i = (i + 1) & (index.count - 1)
        }
        return nil
    }
    /// The route at a place.
    func route(at place: Int) -> Route {
        let s = slots[place]
        return Route(
            peer: s.id, nexthop: slots[Int(s.via)].id, hops: Int(s.hops), role: Role(rawValue: s.role), heard: s.heard)
    }
    subscript(_ id: MeshID) -> Route? { place(of: id).map(route) }
    /// Where the neighbour is that a node is reached through.
    func endpoint(towards id: MeshID) -> Endpoint? { place(of: id).map { slots[Int(slots[$0].via)].endpoint } }
    /// What the next hop of a route is.
    func roleOfNexthop(at place: Int) -> Role { Role(rawValue: slots[Int(slots[place].via)].role) }
    /// Where all routes stand, in an order that one seed gives again.
    var places: some Sequence<Int> { slots.indices.lazy.filter { slots[$0].hops > 0 } }
    /// Whether a route goes through the neighbour at a place.
    func goes(_ place: Int, through neighbour: Int) -> Bool { slots[place].via == neighbour }
    /// The neighbours, with where they are.
    var neighbours: [(route: Route, endpoint: Endpoint)] {
        places.filter { slots[$0].hops == 1 }.map { (route(at: $0), slots[$0].endpoint) }
    }
    /// When the peer was heard that was heard before all others.
    var oldest: Int64? { slots.lazy.filter { $0.hops > 0 }.map(\.heard).min() }
    /// All routes, by peer. What is sorted is small, since a node that is asked for many waits for this.
    var sorted: [Route] {
        var order = places.map { (leading: slots[$0].id.leading, place: UInt32(clamping: $0)) }
        order.sort {
            $0.leading != $1.leading
                ? $0.leading < $1.leading : slots[Int($0.place)].id.precedes(slots[Int($1.place)].id)
        }
        return order.map { route(at: Int($0.place)) }
    }

    /// Where those stand that are reached through others than superpeers: what is attached to a superpeer itself.
    mutating func attached() -> [Int] {
        if shape != attachedShape {
            attachedPlaces = places.filter { !roleOfNexthop(at: $0).isSuperpeer }
            attachedShape = shape
        }
        return attachedPlaces
    }

    /// Where the routes to superpeers stand, in their order; nil where there is none.
    mutating func places(of superpeers: SuperpeerTable) -> [Int?] {
        if shape != superpeerShape || superpeers.version != superpeerVersion {
            superpeerPlaces = superpeers.sorted.map { place(of: $0.id) }
            (superpeerShape, superpeerVersion) = (shape, superpeers.version)
        }
        return superpeerPlaces
    }

    // What changes it

    /// A neighbour was heard. Nil when there is no room for it.
    mutating func hear(
        _ id: MeshID, at endpoint: Endpoint, role: Role, _ now: Instant
    ) -> (place: Int, change: Change)? {
        var change = Change.none
        let i: Int
        if let known = place(of: id) {
            i = known
            if slots[i].hops != 1 {
                leave(i)
                enter(i, through: i)
                change = .updated
            }
        } else {
            guard let new = insert(id) else { return nil }
            i = new
            enter(i, through: i)
            change = .added
        }
        if slots[i].role != role.rawValue { shape += 1 }
        be(role, i)
        (slots[i].hops, slots[i].heard) = (1, now.nanoseconds)
        slots[i].endpoint = endpoint
        expect(i)
        return (i, change)
    }
    /// The neighbour at a place offers a route: it is taken when there is none, when the one that there is goes through
    /// this neighbour, when it is shorter, and as long as it is when the one that there is has grown old. `isListed`:
    /// it is in the snapshot that was begun, as `list` has it.
    mutating func offer(
        _ id: MeshID, through neighbour: Int, hops: Int, role: Role, heard: Int64, isListed: Bool = false,
        _ now: Instant
    ) -> Change {
        let i: Int
        var change = Change.none
        if let known = find(id) {
            i = known
            change = improve(i, through: neighbour, hops: hops, role: role, heard: heard, now)
        } else {
            guard let new = insert(id) else { return .none }
            i = new
            enter(i, through: neighbour)
            set(i, hops: hops, role: role, heard: heard)
            change = .added
        }
        if isListed { mark(i, of: neighbour) }
        return change
    }
    private mutating func improve(
        _ i: Int, through neighbour: Int, hops: Int, role: Role, heard: Int64, _ now: Instant
    ) -> Change {
        // What a neighbour says of itself is nothing against that it was heard.
        if i == neighbour, bug != .takesSourceRecord { return .none }
        var change = Change.none
        let (via, old, time) = (slots[i].via, Int(slots[i].hops), slots[i].heard)
        if via != neighbour {
            if hops > old, bug != .longerReplaces { return .none }
            if hops == old, bug != .equalReplaces {
                let isOld =
                    now.nanoseconds - time > (bug == .equalAtLife ? Limits.life(old) / 10 * 9 : Limits.life(old) / 2)
                guard isOld, heard > time || bug == .equalThoughOlder, bug != .equalNeverReplaces else { return .none }
            }
            if bug == .shorterIgnored { return .none }
            leave(i)
            enter(i, through: neighbour)
            change = .updated
        } else if old != hops {
            if bug == .worseIgnored, hops > old { return .none }
            change = .updated
        }
        set(i, hops: hops, role: role, heard: heard)
        return change
    }
    private mutating func set(_ i: Int, hops: Int, role: Role, heard: Int64) {
        be(role, i)
        (slots[i].hops, slots[i].heard) = (UInt8(clamping: hops), heard)
        expect(i)
    }
    /// What stands at a place has a role.
    private mutating func be(_ role: Role, _ i: Int) {
        if slots[i].hops > 0 { roles[Int(slots[i].role)] -= 1 }
        roles[Int(role.rawValue)] += 1
        slots[i].role = role.rawValue
    }
    /// The neighbour at a place says that it cannot reach a node any more; the route that was removed.
    mutating func withdraw(_ id: MeshID, through neighbour: Int) -> Route? {
        guard let i = place(of: id), i != neighbour else { return nil }
        guard slots[i].via == neighbour || takesForeign(i) else { return nil }
        let route = route(at: i)
        if route.hops == 1 { _ = removeAll(slots.indices.filter { isThrough($0, i) && $0 != i }) }
        drop(i)
        return route
    }
    /// Seeded faults: what is withdrawn by another than its next hop.
    private func takesForeign(_ i: Int) -> Bool {
        bug == .foreignWithdrawal && slots[i].hops > 1 || bug == .withdrawalOfNeighbour && slots[i].hops == 1
    }
    /// A neighbour begins to list all that it has.
    mutating func beginSnapshot() {
        snapshot &+= 1
        listed = 0
    }
    /// The neighbour lists this one, of which its offer was looked at before.
    mutating func list(_ id: MeshID, of neighbour: Int) {
        if let i = find(id) { mark(i, of: neighbour) }
    }
    private mutating func mark(_ i: Int, of neighbour: Int) {
        guard slots[i].mark != snapshot else { return }
        slots[i].mark = snapshot
        if slots[i].via == neighbour, i != neighbour { listed += 1 }
    }
    /// It has listed all: the routes through it that it has not are removed.
    mutating func endSnapshot(of neighbour: Int) -> [Route] {
        // Mostly there is nothing to look for.
        if hasListedAll(neighbour), bug == nil { return [] }
        if bug == .snapshotRemovesNothing { return [] }
        if bug == .snapshotRemovesAll {
            return removeAll(slots.indices.filter { slots[$0].hops > 1 && slots[$0].mark != snapshot })
        }
        if bug == .snapshotRemovesSender, slots[neighbour].mark != snapshot {
            return removeAll(slots.indices.filter { isThrough($0, neighbour) })
        }
        return removeAll(
            slots.indices.filter { isThrough($0, neighbour) && slots[$0].mark != snapshot && $0 != neighbour })
    }
    /// Removes a route, and those through it when it is a neighbour.
    mutating func remove(_ id: MeshID) -> [Route] {
        guard let i = place(of: id) else { return [] }
        return removeAll(slots[i].hops == 1 ? slots.indices.filter { isThrough($0, i) } : [i])
    }
    /// Removes what has not been heard for as long as it may live; the routes through a neighbour go with it.
    mutating func expire(_ now: Instant) -> [Route] {
        guard let due = deadline, due <= now else { return [] }
        let time = now.nanoseconds
        var gone = removeAll(slots.indices.filter { slots[$0].hops > 0 && expiry($0) <= time })
        if gone.contains(where: { $0.hops == 1 }), bug != .keepsOrphans {
            // The id of a next hop that is gone is still in its slot.
            gone += removeAll(slots.indices.filter { slots[$0].hops > 1 && slots[Int(slots[$0].via)].hops != 1 })
        }
        nextLook = count > Limits.routesAtOnce ? now + Limits.routeLook : now
        deadline = nil
        for i in slots.indices where slots[i].hops > 0 { expect(i) }
        return gone
    }

    /// Gives memory back after many routes were removed. Places change.
    mutating func compact() {
        guard slots.count > 1024, count < slots.count / 4, bug == nil else { return }
        var places = [UInt32](repeating: 0, count: slots.count)
        var kept: [Slot] = []
        kept.reserveCapacity(count + count / 4)
        for i in slots.indices where slots[i].hops > 0 {
            places[i] = UInt32(clamping: kept.count)
            kept.append(slots[i])
        }
        for i in kept.indices { kept[i].via = places[Int(kept[i].via)] }
        (slots, free, expected) = (kept, [], 0)
        shape += 1
        var size = 16
        while size * 7 < (count + 1) * 10 { size *= 2 }
        rehash(size)
    }
    /// Nothing is removed for a while: a seeded fault.
    mutating func postpone(_ now: Instant) { if let at = deadline, at <= now { deadline = now + Limits.interval } }

    // Slots

    /// As `place`, quicker for what stands behind the one that was found last.
    private mutating func find(_ id: MeshID) -> Int? {
        if expected < slots.count, slots[expected].id == id, slots[expected].hops > 0 {
            expected += 1
            return expected - 1
        }
        let found = place(of: id)
        if let found { expected = found + 1 }
        return found
    }
    private func isThrough(_ i: Int, _ neighbour: Int) -> Bool { slots[i].hops > 0 && slots[i].via == neighbour }
    private mutating func removeAll(_ gone: [Int]) -> [Route] {
        // Next hops are named before any is gone.
        let routes = gone.map(route)
        for i in gone { drop(i) }
        return routes
    }
    private mutating func enter(_ i: Int, through neighbour: Int) {
        slots[i].via = UInt32(clamping: neighbour)
        slots[neighbour].through += 1
        shape += 1
    }
    private mutating func leave(_ i: Int) {
        slots[Int(slots[i].via)].through -= 1
        shape += 1
    }
    /// For so long a route of so many hops lives, in nanoseconds.
    private func life(_ hops: UInt8) -> Int64 {
        bug == nil
            ? Limits.life(Int(hops))
            : bug.span(Limits.life(bug == .lifeFlat ? 1 : Int(hops)), early: .holdEarly, late: .holdLate)
    }
    private func expiry(_ i: Int) -> Int64 { slots[i].heard + life(slots[i].hops) }
    private mutating func expect(_ i: Int) {
        let at = max(nextLook, Instant(nanoseconds: max(0, expiry(i))))
        if at < (deadline ?? .never) { deadline = at }
    }
    private mutating func insert(_ id: MeshID) -> Int? {
        guard count < limit else { return nil }
        if (count + 1) * 10 > index.count * 7 { rehash(index.count * 2) }
        let i: Int
        if let reused = free.popLast() {
            i = Int(reused)
            slots[i] = Slot()
        } else {
            // By a quarter at a time: doubling would waste more than half of what there may be.
            if slots.count == slots.capacity { slots.reserveCapacity(slots.count + max(32, slots.count / 4)) }
            slots.append(Slot())
            i = slots.count - 1
        }
        slots[i].id = id
        enterIndex(i)
        count += 1
        return i
    }
    private mutating func drop(_ i: Int) {
        leave(i)
        leaveIndex(i)
        roles[Int(slots[i].role)] -= 1
        slots[i].hops = 0
        free.append(UInt32(clamping: i))
        count -= 1
    }

    // Hash index

    /// An id in three pieces: compared and hashed at once, where byte by byte would take longer than all else.
    private struct Words: Equatable {
        let (a, b): (UInt64, UInt64)
        let c: UInt32
        init(_ id: MeshID) {
            (a, b, c) = withUnsafeBytes(of: id) {
                (
                    $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
                )
            }
        }
    }
    private func hash(_ id: Words) -> Int {
        func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
            let product = x.multipliedFullWidth(by: y)
            return product.high ^ product.low
        }
        let first = fold(id.a ^ key.0, id.b ^ key.1)
        return Int(truncatingIfNeeded: fold(first ^ UInt64(id.c), key.0 ^ key.1 &+ 1)) & (index.count - 1)
    }
    private mutating func enterIndex(_ slot: Int) {
        var i = hash(Words(slots[slot].id))
        while index[i] != .max { i = (i + 1) & (index.count - 1) }
        index[i] = UInt32(clamping: slot)
    }
    private mutating func leaveIndex(_ slot: Int) {
        let mask = index.count - 1
        var hole = hash(Words(slots[slot].id))
        while index[hole] != slot {
            guard index[hole] != .max else { return }
            hole = (hole + 1) & mask
        }
        var next = (hole + 1) & mask
        while index[next] != .max {
            // It may move into the hole when it does not belong behind it.
            let home = hash(Words(slots[Int(index[next])].id))
            if (next - home) & mask >= (next - hole) & mask {
                index[hole] = index[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        index[hole] = .max
    }
    private mutating func rehash(_ size: Int) {
        index = [UInt32](repeating: .max, count: size)
        for i in slots.indices where slots[i].hops > 0 { enterIndex(i) }
    }
}
