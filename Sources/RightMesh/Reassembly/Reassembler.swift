internal import Crypto
public import Node
public import Wire

/// Rejoins messages from datagrams, and makes the checks of the specification that precede any table. No part of a
/// message is returned before the message is complete and has been checked.
///
/// Its memory is limited: 16 MiB of fragments, 16,384 incomplete messages, 65,536 each of sources, complete messages,
/// series and replaced boots, and 32,768 sources that have been known for HOLD; less than 64 MiB in all. When it is
/// full, sources of a higher standing (`SourceTable`) evict others.
public struct Reassembler: Sendable {
    /// The result of a datagram.
    public enum Outcome: Sendable {
        /// A message is complete. The caller applies and answers it.
        case message(ReassembledMessage)
        /// Fragments are missing.
        case more
        /// The datagram repeats a message that was completed within `Limits.done` (`dupDone`). The answer may be sent
        /// again.
        case done(MessageKey)
        /// The datagram is for another node. The caller forwards it with `Relay`.
        case relay(Header)
        /// The datagram was dropped, and counted.
        case dropped(Counter)
    }
    /// The id of the node that receives; nil for a passive observer, which takes datagrams for any node.
    public let own: MeshID?
    /// The numbers of dropped datagrams and messages, by reason.
    public internal(set) var counters: Counters {
        _read { yield store.counters }
        _modify { yield &store.counters }
    }

    /// A seeded fault.
    var bug: Misbehaviour? { didSet { store.bug = bug } }

    private var store = AssemblyStore()
    private var sources = SourceTable()
    private var series = ExpiringLRU<Series, Newest>()
    private var done = ExpiringLRU<DoneMessage.Key, DoneMessage>()
    private var oldBoots = ExpiringLRU<SourceNumber, Bool>()

    /// A series of messages, in which a newer message supersedes older ones.
    private struct Series: ExpiringKey {
        var src: MeshID
        var type: MessageType
        var dst: MeshID
        init(_ h: Header, _ bug: Misbehaviour?) {
            src = h.src
            type = bug == .staleBySource ? .hello : h.type
            dst = bug == .stalePerType || bug == .seriesWithoutDestination || bug == .staleBySource ? MeshID() : h.dst
        }
        @inline(__always)
        func add(to hash: inout WordHash) {
            src.add(to: &hash)
            dst.add(to: &hash)
            hash.add(UInt64(type.rawValue))
        }
    }
    private struct Newest: Sendable {
        var life: UInt64
        var msgID: UInt32
    }

    /// Creates the reassembler of the node with this id.
    public init(own: MeshID? = nil) { self.own = own }
    /// A reassembler for captures. It keeps abandoned messages for `takeGivenUp`. It returns a message in one datagram
    /// without its bytes, because the caller has them.
    static var passiveObserver: Reassembler {
        var out = Reassembler()
        out.store.keepsGivenUp = true
        return out
    }
    private var isPassive: Bool { store.keepsGivenUp }
    /// Returns the messages that were abandoned since the last call, and the reasons. Only a passive observer has them.
    mutating func takeGivenUp() -> [(assembly: Assembly, why: Counter)] { store.takeGivenUp() }
    /// Returns the complete message that a datagram repeats, while it is remembered.
    func done(_ h: Header) -> DoneMessage? {
        guard let source = sources[h.src], source.boot == h.boot else { return nil }
        return done[DoneMessage.Key(life: source.life, h)]
    }
    /// Returns the msg_id of the newest complete message of the series of a datagram.
    func newest(_ h: Header) -> UInt32? { series[Series(h, bug)]?.msgID }
    /// Returns the standing of a source at an address.
    func standing(of src: MeshID, at endpoint: Endpoint) -> SourceTable.Standing {
        sources.standing(of: src, at: endpoint)
    }
    /// Returns true if there is an incomplete message from this endpoint.
    func isOpen(from endpoint: Endpoint) -> Bool { store.has(from: endpoint) }

    /// The time at which `expire` is due next.
    public var deadline: Instant? { store.oldest.map { $0 + Limits.rejoining } }
    /// Drops the state that has expired.
    public mutating func expire(now: Instant) {
        store.expire(now: now)
        let done = bug.span(Self.ages.done, late: bug == .answersLate ? .answersLate : .doneLate)
        self.done.removeAll(olderThan: done, now: now)
        let oldBoot = bug.span(Self.ages.oldBoot, early: .oldBootEarly, late: .oldBootLate)
        oldBoots.removeAll(olderThan: oldBoot, now: now)
        sources.expire(now: now)
        series.removeAll(olderThan: Self.ages.silence, now: now)
    }
    private static let ages = (
        done: Limits.done.nanoseconds, oldBoot: Limits.oldBoot.nanoseconds, silence: Limits.silence.nanoseconds
    )
    /// The incomplete messages, oldest first.
    var open: [(assembly: Assembly, since: Instant)] { store.all }
    /// The number of bytes that incomplete messages count against the memory limit.
    var held: Int { store.held }
    /// The number of entries of all tables.
    var remembered: Int { store.count + sources.count + series.count + done.count + oldBoots.count }

    /// Takes a datagram.
    public mutating func receive(_ bytes: RawSpan, from endpoint: Endpoint, now: Instant) -> Outcome {
        receive(bytes, from: endpoint, number: 0, now: now)
    }
    /// Does the same for a datagram that has a number, for example a frame number.
    mutating func receive(_ bytes: RawSpan, from endpoint: Endpoint, number: Int, now: Instant) -> Outcome {
        expire(now: now)
        do throws(DatagramFault) {
            let header = try Header.read(bytes, bug)
            if let own, try header.isRelayed(by: own) { return .relay(header) }
            return take(header, bytes, from: endpoint, number: number, at: now)
        } catch {
            return drop(error.counter)
        }
    }
    /// Seeded faults: returns true if a datagram of another boot than the current one is treated as stale.
    private func spoilsBoot(_ h: Header) -> Bool {
        if bug == .refusesNewBoot { return true }
        guard bug == .seriesOutlivesBoot, hasSeries(h), let newest = series[Series(h, bug)] else { return false }
        return !SerialNumber.isNewer(h.msgID, than: newest.msgID)
    }
    /// Seeded faults: updates state because of a malformed message.
    private mutating func rememberMalformed(_ h: Header, from endpoint: Endpoint, number: Int, at now: Instant) {
        if bug == .malformedChangesBoot { _ = renew(h, endpoint, now) }
        guard let source = sources[h.src], source.boot == h.boot else { return }
        if bug == .malformedIsDone {
            done.set(DoneMessage.Key(life: source.life, h), DoneMessage(h, number: number), at: now)
        }
        if bug == .malformedSetsSeries, hasSeries(h) {
            series.set(Series(h, bug), Newest(life: source.life, msgID: h.msgID), at: now)
        }
    }
    private mutating func drop(_ counter: Counter) -> Outcome {
        counters[counter] += 1
        return .dropped(counter)
    }

    /// Applies the receive rules of the specification, in their order.
    mutating func take(
        _ h: Header, _ bytes: RawSpan, from endpoint: Endpoint, number: Int, at now: Instant
    ) -> Outcome {
        if oldBoots.has(SourceNumber(src: h.src, number: UInt32(h.boot))), bug != .takesOldBoot {
            return drop(.oldBoot)
        }
        if bug == .bootFromOneDatagram { _ = renew(h, endpoint, now) }
        let source = sources[h.src]
        if bug != nil, let source, source.boot != h.boot, spoilsBoot(h) { return drop(.stale) }
        if let source, source.boot == h.boot {
            // Only the current boot has complete messages to compare with. Any other boot has completed none, was
            // replaced, or was forgotten together with its messages.
            if done.has(DoneMessage.Key(life: source.life, h)), bug != .staleBeforeDone {
                counters[.dupDone] += 1
                return .done(MessageKey(h))
            }
            if hasSeries(h), let newest = series[Series(h, bug)],
                newest.life == source.life, !SerialNumber.isNewer(h.msgID, than: newest.msgID, bug), bug != .takesStale
            {
                return drop(.stale)
            }
        }
        let part = bytes.extracting(Limits.header...)
        let key = AssemblyKey(h, from: endpoint, bug)
        // The assembly is checked in place. If a copy of it were held, adding a fragment would copy all its bytes.
        if let fault = store.fault(h, part, of: key) {
            if fault == .conflict, bug == .acceptConflict {
                store.replace(part, h.fragIndex, of: key)
                return .more
            }
            let isKept = fault == .dup && bug != .dropsOnDup
            let isSpoiled =
                fault == .inconsistent && bug == .keepsInconsistent || fault == .conflict && bug == .keepsConflict
            if !isKept, !isSpoiled {
                store.giveUp(key, fault)
                store.leak(h.src, .leaksDropped)
            }
            return drop(fault)
        }
        if h.fragCount == 1 {
            guard part.byteCount <= h.bodyLen.count else { return drop(.overrun) }
            if bug == .placeForSingle { _ = store.makeRoom(forOneOf: h.src, at: endpoint, .newcomer) }
            if let fault = finish(h, part, from: endpoint, number: number, at: now) { return drop(fault) }
            return .message(ReassembledMessage(bytes: isPassive ? [] : [UInt8](bytes), header: h, endpoint: endpoint))
        }
        let standing = sources.standing(of: h.src, at: endpoint)
        guard store.makeRoom(Assembly.charge(part.byteCount), for: key, standing) else { return drop(.full) }
        if !store.has(key) {
            guard store.makeRoom(forOneOf: h.src, at: endpoint, standing) else { return drop(.full) }
            store.begin(key, Assembly(h, from: endpoint), standing, now: now)
        }
        guard let state = store.add(part, h.fragIndex, to: key, number: number, now: now) else { return drop(.full) }
        guard state.held <= h.bodyLen.count || bug == .overrunLate else {
            if bug != .keepsOverrun { store.giveUp(key, .overrun) }
            return drop(.overrun)
        }
        guard state.isComplete, let all = store.remove(key) else { return .more }
        store.leak(h.src, .leaksComplete)
        var h = h
        if bug == .roleOfFirst { h.role = all.header.role }
        let parts = isPassive ? all.parts : []
        let whole = all.whole(bytes)
        let body = whole.span.bytes.extracting(Limits.header...)
        if let fault = finish(h, body, from: endpoint, number: number, at: now) {
            if bug == .keepsCRC, fault == .crc { store.begin(key, all, standing, now: now) }
            return drop(fault)
        }
        return .message(ReassembledMessage(bytes: whole, header: h, endpoint: endpoint, parts: parts))
    }

    /// Returns true if the message belongs to a series. Messages of type FIND and FIND_ACK are independent of one
    /// another.
    private func hasSeries(_ h: Header) -> Bool { !h.type.isRelayed || bug == .stalePerType }
    /// Checks a complete body. Returns the fault, or nil.
    private mutating func finish(
        _ h: Header, _ body: RawSpan, from endpoint: Endpoint, number: Int, at now: Instant
    ) -> Counter? {
        guard body.byteCount == h.bodyLen.count || bug == .acceptsShorter,
            bug == .ignoreCRC || CRC32C.checksum(body) == h.bodyCRC.value
        else {
            if bug == .crcIsDone { remember(h, from: endpoint, number: number, at: now) }
            return .crc
        }
        if let fault = BodyCheck.fault(body, of: h.type, bug) {
            if bug != nil { rememberMalformed(h, from: endpoint, number: number, at: now) }
            return fault
        }
        remember(h, from: endpoint, number: number, at: now)
        return nil
    }
    /// Updates boot, series and complete messages after a message has been checked.
    private mutating func remember(_ h: Header, from endpoint: Endpoint, number: Int, at now: Instant) {
        let life = renew(h, endpoint, now)
        done.set(DoneMessage.Key(life: life, h), DoneMessage(h, number: number), at: now)
        done.trim(to: Limits.remembered)
        if hasSeries(h) {
            series.set(Series(h, bug), Newest(life: life, msgID: h.msgID), at: now)
            series.trim(to: Limits.remembered)
            let bug = bug
            store.removeAll(of: h.src) {
                $0.boot == h.boot && ($0.type == h.type || bug == .supersedesTypes)
                    && ($0.dst == h.dst || bug == .supersedesDestinations)
                    && (SerialNumber.isNewer(h.msgID, than: $0.msgID) || bug == .supersedesNewer)
                    && bug != .keepsSuperseded
            }
        }
    }
    /// Updates the source. The boot of the header becomes its current boot. Returns its life.
    private mutating func renew(_ h: Header, _ endpoint: Endpoint, _ now: Instant) -> UInt64 {
        let (source, replaced) = sources.hear(h.src, boot: h.boot, at: endpoint, now: now)
        if let replaced {
            oldBoots.set(SourceNumber(src: h.src, number: UInt32(replaced)), true, at: now)
            oldBoots.trim(to: Limits.remembered)
            if bug == .keepsOpenOfOldBoot { return source.life }
            store.removeAll(of: h.src) { $0.boot == replaced }
        }
        return source.life
    }
}

/// A complete message that has been checked.
public struct ReassembledMessage: Sendable {
    /// The bytes, in the form that `RightMeshMessage` describes.
    public var bytes: [UInt8]
    /// The header of the datagram that completed the message. Flags and role are taken from it.
    public var header: Header
    /// The endpoint that sent that datagram.
    public var endpoint: Endpoint
    /// The places of the fragments in the datagrams. Only a passive observer has them.
    var parts: [DatagramPart] = []
}
