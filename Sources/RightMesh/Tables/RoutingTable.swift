internal import Node
import Wire

/// The routes of a node: peer, next hop and distance. A route takes about 90 bytes, at most 120.
///
/// A route through a neighbour refers to the neighbour's slot, and lasts at most as long as the route to the neighbour.
/// The number of a slot remains the same until `compact`.
struct RoutingTable: Sendable {
    /// The effect of an offered route.
    enum Change: Sendable { case none, added, updated }

    private struct Slot: Sendable {
        var heard: Int64 = 0
        /// The endpoint of a neighbour.
        var endpoint = Endpoint(high: 0, low: 0, port: 0)
        /// The number of hops; 0 while the slot is free.
        var hops: UInt8 = 0
        var role: UInt8 = 0
        /// The slot of the next hop.
        var via: UInt32 = 0
        /// The last snapshot that listed the node.
        var mark: UInt32 = 0
        /// The number of routes through this node, its own included.
        var through: UInt32 = 0
        var id = MeshID()
    }
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// The slots by the hash of their ids.
    private var index = HashIndex()
    private let seed = HashSeed()
    private var snapshot: UInt32 = 0
    /// The number of routes through the sender that its snapshot has listed.
    private var listed: UInt32 = 0
    private let limit: Int
    /// The number of nodes by role.
    private var roles = [Int](repeating: 0, count: 256)
    /// A seeded fault.
    var bug: Misbehaviour?
    /// The number of routes.
    private(set) var count = 0
    /// The time at which `expire` is due: at the latest when the first route expires, or with many routes
    /// `Limits.routeScanInterval` later.
    private(set) var deadline: Instant?
    /// A counter of changes of next hops and roles, additions and removals.
    private var version: UInt64 = 1
    /// The last result of `attached`, and its version.
    private var attachedSlots: [Int] = []
    private var attachedVersion: UInt64 = 0
    /// The probable slot of the next record of a list: neighbours list the same nodes in the same order each time.
    private var nextListed = 0
    /// The time before which expired routes are not searched, even if neighbours offer short-lived routes.
    private var nextScan = Instant.zero

    /// Creates an empty table with a limit for the number of routes.
    init(limit: Int = Limits.routes) { self.limit = limit }
    /// The number of bytes that the table takes.
    var byteCount: Int {
        slots.capacity * MemoryLayout<Slot>.stride + index.byteCount + free.capacity * MemoryLayout<UInt32>.stride
    }

    // Queries

    /// The number of slots, used or free.
    var slotCount: Int { slots.count }
    func isUsed(_ slot: Int) -> Bool { slots[slot].hops > 0 }
    /// Returns the number of nodes with this role.
    func count(of role: Role) -> Int { roles[Int(role.rawValue)] }
    /// Returns true if the current snapshot of a neighbour has listed all routes through that neighbour.
    func hasListedAll(_ neighbour: Int) -> Bool { slots[neighbour].through == listed + 1 }

    /// Returns the slot of a route, for use in other calls. It is valid until a route is removed.
    func slot(of id: MeshID) -> Int? { index.find(hash(id)) { slots[$0].id == id } }
    private func hash(_ id: MeshID) -> UInt32 {
        var hash = WordHash(seed)
        id.add(to: &hash)
        return hash.value
    }
    /// Returns the route in a slot.
    func route(at slot: Int) -> Route {
        let s = slots[slot]
        return Route(
            peer: s.id, nexthop: slots[Int(s.via)].id, hops: Int(s.hops), role: Role(rawValue: s.role), heard: s.heard)
    }
    subscript(_ id: MeshID) -> Route? { slot(of: id).map(route) }
    /// Returns the endpoint of the neighbour through which a node is reached.
    func endpoint(towards id: MeshID) -> Endpoint? { slot(of: id).map { slots[Int(slots[$0].via)].endpoint } }
    /// Returns the role of the next hop of a route.
    func roleOfNexthop(at slot: Int) -> Role { Role(rawValue: slots[Int(slots[slot].via)].role) }
    /// The slots of all routes, in an order that the same seed reproduces.
    var usedSlots: some Sequence<Int> { slots.indices.lazy.filter { slots[$0].hops > 0 } }
    /// Returns true if the next hop of a route is the neighbour in a slot.
    func goes(_ slot: Int, through neighbour: Int) -> Bool { slots[slot].hops > 0 && slots[slot].via == neighbour }
    /// The neighbours with their endpoints.
    var neighbours: [(route: Route, endpoint: Endpoint)] {
        usedSlots.filter { slots[$0].hops == 1 }.map { (route(at: $0), slots[$0].endpoint) }
    }
    /// The time at which the peer of the oldest route last sent a message.
    var oldest: Int64? { slots.lazy.filter { $0.hops > 0 }.map(\.heard).min() }
    /// All routes, by peer.
    var sorted: [Route] { usedSlots.map(route).sorted { $0.peer.precedes($1.peer) } }

    /// Returns the slots of the nodes that are not reached through a superpeer: those attached to this superpeer
    /// itself.
    mutating func attached() -> [Int] {
        if version != attachedVersion {
            attachedSlots = usedSlots.filter { !roleOfNexthop(at: $0).isSuperpeer }
            attachedVersion = version
        }
        return attachedSlots
    }

    // Changes

    /// Enters the sender of a message as a neighbour. Returns nil if the table is full.
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
    /// Takes the route that the neighbour in a slot offers, in these cases: there is no route yet; the current route
    /// uses this neighbour; the new route is shorter; or it has the same length and the current route has grown old. If
    /// `isListed`, the record also counts as listed in the current snapshot, as with `list`.
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
        // The record of a neighbour about itself never changes the direct route to it.
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
    /// Sets the role of the node in a slot.
    private mutating func setRole(_ role: Role, _ i: Int) {
        if slots[i].hops > 0 { roles[Int(slots[i].role)] -= 1 }
        roles[Int(role.rawValue)] += 1
        slots[i].role = role.rawValue
    }
    /// Removes a route that the neighbour in a slot has withdrawn. Returns the removed route.
    mutating func withdraw(_ id: MeshID, through neighbour: Int) -> Route? {
        guard let i = slot(of: id), i != neighbour else { return nil }
        guard slots[i].via == neighbour || takesForeign(i) else { return nil }
        let route = route(at: i)
        if route.hops == 1 { _ = removeAll(slots.indices.filter { goes($0, through: i) && $0 != i }) }
        drop(i)
        return route
    }
    /// Seeded faults: returns true if a node other than the next hop may withdraw the route.
    private func takesForeign(_ i: Int) -> Bool {
        bug == .foreignWithdrawal && slots[i].hops > 1 || bug == .withdrawalOfNeighbour && slots[i].hops == 1
    }
    /// Begins the snapshot of a neighbour.
    mutating func beginSnapshot() {
        snapshot &+= 1
        listed = 0
    }
    /// Marks a node as listed in the snapshot of a neighbour. Its offer has been handled before.
    mutating func list(_ id: MeshID, of neighbour: Int) {
        if let i = find(id) { mark(i, of: neighbour) }
    }
    private mutating func mark(_ i: Int, of neighbour: Int) {
        guard slots[i].mark != snapshot else { return }
        slots[i].mark = snapshot
        if slots[i].via == neighbour, i != neighbour { listed += 1 }
    }
    /// Ends the snapshot of a neighbour: removes the routes through it that the snapshot did not list.
    mutating func endSnapshot(of neighbour: Int) -> [Route] {
        // Usually the neighbour has listed all routes through it.
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
    /// Removes a route. If it leads to a neighbour, the routes through that neighbour are removed too.
    mutating func remove(_ id: MeshID) -> [Route] {
        guard let i = slot(of: id) else { return [] }
        return removeAll(slots[i].hops == 1 ? slots.indices.filter { goes($0, through: i) } : [i])
    }
    /// Removes expired routes, and the routes through neighbours that are removed.
    mutating func expire(_ now: Instant) -> [Route] {
        guard let due = deadline, due <= now else { return [] }
        let time = now.nanoseconds
        var gone = removeAll(slots.indices.filter { slots[$0].hops > 0 && expiry($0) <= time })
        if gone.contains(where: { $0.hops == 1 }), bug != .keepsOrphans {
            // The id of a removed next hop is still in its slot.
            gone += removeAll(slots.indices.filter { slots[$0].hops > 1 && slots[Int(slots[$0].via)].hops != 1 })
        }
        nextScan = count > Limits.routesAtOnce ? now + Limits.routeScanInterval : now
        deadline = nil
        for i in slots.indices where slots[i].hops > 0 { scheduleExpiry(i) }
        return gone
    }

    /// Releases memory after many routes were removed. The numbers of slots change.
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

    // Slots

    /// Returns the same as `slot`. It is faster for the node in the slot after the one found last.
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
        // The routes are read first, because they name next hops that are removed too.
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
    /// Returns the life of a route with this number of hops, in nanoseconds.
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
            // The array grows by a quarter at a time: doubling could waste more than half of the allowed size.
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
