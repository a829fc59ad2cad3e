internal import Node
import Wire

/// The routes of a node: peer, next hop and distance. A route takes some 90 bytes, 120 at most.
///
/// A route through a neighbour names that by its slot, and lasts no longer than the route to the neighbour. A slot keeps
/// its number until `compact`.
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
    /// Slots by the hash of their ids.
    private var index = HashIndex()
    private let seed = HashSeed()
    private var snapshot: UInt32 = 0
    /// Routes through its sender that the snapshot has listed.
    private var listed: UInt32 = 0
    private let limit: Int
    /// Number of nodes by role.
    private var roles = [Int](repeating: 0, count: 256)
    /// A seeded fault.
    var bug: Misbehaviour?
    /// Number of routes.
    private(set) var count = 0
    /// When `expire` is due: not after the end of any route, or with many routes `Limits.routeScanInterval` after it.
    private(set) var deadline: Instant?
    /// Counts changes of next hops and roles, additions and removals.
    private var version: UInt64 = 1
    /// The last result of `attached`, and its version.
    private var attachedSlots: [Int] = []
    private var attachedVersion: UInt64 = 0
    /// The slot of the next record of a list, probably: neighbours list the same nodes in the same order again and again.
    private var nextListed = 0
    /// No scan for ended routes before this, however short-lived the routes are that neighbours offer.
    private var nextScan = Instant.zero

    /// An empty table of so many routes at most.
    init(limit: Int = Limits.routes) { self.limit = limit }
    /// Bytes that it takes.
    var byteCount: Int {
        slots.capacity * MemoryLayout<Slot>.stride + index.byteCount + free.capacity * MemoryLayout<UInt32>.stride
    }

    // What it holds

    /// Slots that there are, used or not.
    var slotCount: Int { slots.count }
    func isUsed(_ slot: Int) -> Bool { slots[slot].hops > 0 }
    /// How many nodes have this role.
    func count(of role: Role) -> Int { roles[Int(role.rawValue)] }
    /// Whether a neighbour has listed all that goes through it in the snapshot that was begun.
    func hasListedAll(_ neighbour: Int) -> Bool { slots[neighbour].through == listed + 1 }

    /// The slot of a route, for the other calls; until something is removed.
    func slot(of id: MeshID) -> Int? { index.find(hash(id)) { slots[$0].id == id } }
    private func hash(_ id: MeshID) -> UInt32 {
        var hash = WordHash(seed)
        id.add(to: &hash)
        return hash.value
    }
    /// The route in a slot.
    func route(at slot: Int) -> Route {
        let s = slots[slot]
        return Route(
            peer: s.id, nexthop: slots[Int(s.via)].id, hops: Int(s.hops), role: Role(rawValue: s.role), heard: s.heard)
    }
    subscript(_ id: MeshID) -> Route? { slot(of: id).map(route) }
    /// Where the neighbour is that a node is reached through.
    func endpoint(towards id: MeshID) -> Endpoint? { slot(of: id).map { slots[Int(slots[$0].via)].endpoint } }
    /// What the next hop of a route is.
    func roleOfNexthop(at slot: Int) -> Role { Role(rawValue: slots[Int(slots[slot].via)].role) }
    /// The slots of all routes, in an order that one seed gives again.
    var usedSlots: some Sequence<Int> { slots.indices.lazy.filter { slots[$0].hops > 0 } }
    /// Whether a route goes through the neighbour in a slot.
    func goes(_ slot: Int, through neighbour: Int) -> Bool { slots[slot].hops > 0 && slots[slot].via == neighbour }
    /// The neighbours, with where they are.
    var neighbours: [(route: Route, endpoint: Endpoint)] {
        usedSlots.filter { slots[$0].hops == 1 }.map { (route(at: $0), slots[$0].endpoint) }
    }
    /// When the peer of the oldest route was heard.
    var oldest: Int64? { slots.lazy.filter { $0.hops > 0 }.map(\.heard).min() }
    /// All routes, by peer.
    var sorted: [Route] { usedSlots.map(route).sorted { $0.peer.precedes($1.peer) } }

    /// Where those stand that are reached through others than superpeers: what is attached to a superpeer itself.
    mutating func attached() -> [Int] {
        if version != attachedVersion {
            attachedSlots = usedSlots.filter { !roleOfNexthop(at: $0).isSuperpeer }
            attachedVersion = version
        }
        return attachedSlots
    }

    // What changes it

    /// A neighbour has sent a message. Nil when the table is full.
    mutating func hear(
        _ id: MeshID, at endpoint: Endpoint, role: Role, _ now: Instant
    ) -> (slot: Int, change: Change)? {
        var change = Change.none
        let i: Int
        if let known = slot(of: id) {
            i = known
            if slots[i].hops != 1 {
                unlink(i)
                link(i, through: i)
                change = .updated
            }
        } else {
            guard let new = insert(id) else { return nil }
            i = new
            link(i, through: i)
            change = .added
        }
        if slots[i].role != role.rawValue { version += 1 }
        setRole(role, i)
        (slots[i].hops, slots[i].heard) = (1, now.nanoseconds)
        slots[i].endpoint = endpoint
        scheduleExpiry(i)
        return (i, change)
    }
    /// The neighbour in a slot offers a route: it is taken when there is none, when the one that there is goes through
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
            link(i, through: neighbour)
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
            unlink(i)
            link(i, through: neighbour)
            change = .updated
        } else if old != hops {
            if bug == .worseIgnored, hops > old { return .none }
            change = .updated
        }
        set(i, hops: hops, role: role, heard: heard)
        return change
    }
    private mutating func set(_ i: Int, hops: Int, role: Role, heard: Int64) {
        setRole(role, i)
        (slots[i].hops, slots[i].heard) = (UInt8(clamping: hops), heard)
        scheduleExpiry(i)
    }
    /// The node of a slot has a role.
    private mutating func setRole(_ role: Role, _ i: Int) {
        if slots[i].hops > 0 { roles[Int(slots[i].role)] -= 1 }
        roles[Int(role.rawValue)] += 1
        slots[i].role = role.rawValue
    }
    /// The neighbour in a slot says that it cannot reach a node any more; the route that was removed.
    mutating func withdraw(_ id: MeshID, through neighbour: Int) -> Route? {
        guard let i = slot(of: id), i != neighbour else { return nil }
        guard slots[i].via == neighbour || takesForeign(i) else { return nil }
        let route = route(at: i)
        if route.hops == 1 { _ = removeAll(slots.indices.filter { goes($0, through: i) && $0 != i }) }
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
            return removeAll(slots.indices.filter { goes($0, through: neighbour) })
        }
        return removeAll(
            slots.indices.filter { goes($0, through: neighbour) && slots[$0].mark != snapshot && $0 != neighbour })
    }
    /// Removes a route, and those through it when it is a neighbour.
    mutating func remove(_ id: MeshID) -> [Route] {
        guard let i = slot(of: id) else { return [] }
        return removeAll(slots[i].hops == 1 ? slots.indices.filter { goes($0, through: i) } : [i])
    }
    /// Removes routes that have reached the end of their life, and the routes through neighbours that are removed.
    mutating func expire(_ now: Instant) -> [Route] {
        guard let due = deadline, due <= now else { return [] }
        let time = now.nanoseconds
        var gone = removeAll(slots.indices.filter { slots[$0].hops > 0 && expiry($0) <= time })
        if gone.contains(where: { $0.hops == 1 }), bug != .keepsOrphans {
            // The id of a next hop that is gone is still in its slot.
            gone += removeAll(slots.indices.filter { slots[$0].hops > 1 && slots[Int(slots[$0].via)].hops != 1 })
        }
        nextScan = count > Limits.routesAtOnce ? now + Limits.routeScanInterval : now
        deadline = nil
        for i in slots.indices where slots[i].hops > 0 { scheduleExpiry(i) }
        return gone
    }

    /// Gives memory back after many routes were removed. Slots change.
    mutating func compact() {
        guard slots.count > 1024, count < slots.count / 4, bug == nil else { return }
        var moved = [UInt32](repeating: 0, count: slots.count)
        var kept: [Slot] = []
        kept.reserveCapacity(count + count / 4)
        for i in slots.indices where slots[i].hops > 0 {
            moved[i] = UInt32(clamping: kept.count)
            kept.append(slots[i])
        }
        for i in kept.indices { kept[i].via = moved[Int(kept[i].via)] }
        (slots, free, nextListed) = (kept, [], 0)
        version += 1
        index = HashIndex()
        for i in slots.indices { index.insert(hash(slots[i].id), i) }
    }
    /// Removes no routes for an INTERVAL: a seeded fault.
    mutating func postpone(_ now: Instant) { if let at = deadline, at <= now { deadline = now + Limits.interval } }

    // Slots

    /// As `slot`, quicker for what stands behind the one that was found last.
    private mutating func find(_ id: MeshID) -> Int? {
        if nextListed < slots.count, slots[nextListed].id == id, slots[nextListed].hops > 0 {
            nextListed += 1
            return nextListed - 1
        }
        let found = slot(of: id)
        if let found { nextListed = found + 1 }
        return found
    }
    private mutating func removeAll(_ gone: [Int]) -> [Route] {
        // Next hops are named before any is gone.
        let routes = gone.map(route)
        for i in gone { drop(i) }
        return routes
    }
    private mutating func link(_ i: Int, through neighbour: Int) {
        slots[i].via = UInt32(clamping: neighbour)
        slots[neighbour].through += 1
        version += 1
    }
    private mutating func unlink(_ i: Int) {
        slots[Int(slots[i].via)].through -= 1
        version += 1
    }
    /// The life of a route of so many hops, in nanoseconds.
    private func life(_ hops: UInt8) -> Int64 {
        bug == nil
            ? Limits.life(Int(hops))
            : bug.span(Limits.life(bug == .lifeFlat ? 1 : Int(hops)), early: .holdEarly, late: .holdLate)
    }
    private func expiry(_ i: Int) -> Int64 { slots[i].heard + life(slots[i].hops) }
    private mutating func scheduleExpiry(_ i: Int) {
        let at = max(nextScan, Instant(nanoseconds: max(0, expiry(i))))
        if at < (deadline ?? .never) { deadline = at }
    }
    private mutating func insert(_ id: MeshID) -> Int? {
        guard count < limit else { return nil }
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
        index.insert(hash(id), i)
        count += 1
        return i
    }
    private mutating func drop(_ i: Int) {
        unlink(i)
        index.remove(hash(slots[i].id), i)
        roles[Int(slots[i].role)] -= 1
        slots[i].hops = 0
        free.append(UInt32(clamping: i))
        count -= 1
    }
}
