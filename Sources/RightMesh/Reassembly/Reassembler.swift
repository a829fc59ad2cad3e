internal import Crypto
public import Node
public import Wire

/// Takes datagrams and gives whole messages: what of the protocol stands before any table. Nothing of a message is to
/// be seen before it is whole and right.
///
/// Its memory has a limit whatever comes from whomever: 16 MiB of fragments, 16,384 messages that are not whole, and
/// 65,536 each of sources, messages that are done, series and replaced boots, besides 32,768 sources that have been
/// known for long, in all less than 64 MiB. When it is full, sources that are known better (`SourceTable`) push out
/// others.
public struct Reassembler: Sendable {
    /// What came of a datagram.
    public enum Outcome: Sendable {
        /// A message is whole, to be applied and answered.
        case message(ReassembledMessage)
        /// Fragments are missing.
        case more
        /// Of a message that was whole a moment ago (`dupDone`): its answer may be sent again.
        case done(MessageKey)
        /// For another node, to be passed on as `Relay` has it.
        case relay(Header)
        /// Dropped, and counted.
        case dropped(Counter)
    }
    /// Who this is; nil for a passive observer, to whom each datagram is one for the node that it is for.
    public let own: MeshID?
    /// What was dropped, and why.
    public internal(set) var counters = Counters()

    /// A seeded fault.
    var bug: Misbehaviour? { didSet { store.bug = bug } }

    private var store = AssemblyStore()
    private var sources = SourceTable()
    private var series = ExpiringLRU<Series, Newest>()
    private var done = DoneMessages()
    private var oldBoots = ExpiringLRU<Boot, Bool>()

    private struct Boot: ExpiringKey {
        var src: MeshID
        var boot: UInt16
        func add(to hash: inout WordHash) {
            src.add(to: &hash)
            hash.add(UInt64(boot))
        }
    }
    /// Messages of which a newer one makes older ones void.
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

    /// The reassembler of the node with this id.
    public init(own: MeshID? = nil) { self.own = own }
    /// One that tells of what it hears: what it gives up is kept in `givenUp`, and a message in one datagram, whose
    /// bytes are there, is given without them.
    static var passiveObserver: Reassembler {
        var out = Reassembler()
        out.isOnlooker = true
        out.store.keepsGivenUp = true
        return out
    }
    private var isOnlooker = false
    /// Of a passive observer: what was given up since this was asked last, and why.
    mutating func takeGivenUp() -> [(assembly: Assembly, why: Counter)] { store.takeGivenUp() }
    /// Whether there is any.
    var hasGivenUp: Bool { !store.givenUp.isEmpty }
    /// The message that a datagram repeats, if it was whole a moment ago.
    func done(_ h: Header) -> DoneMessages.Done? {
        guard let source = sources[h.src], source.boot == h.boot else { return nil }
        return done[DoneMessages.Key(life: source.life, h)]
    }
    /// The newest message that was whole of the series of a datagram.
    func newest(_ h: Header) -> UInt32? { series[Series(h, bug)]?.msgID }
    /// How well a source is known at an address.
    func standing(of src: MeshID, at endpoint: Endpoint) -> SourceTable.Standing {
        sources.standing(of: src, at: endpoint)
    }
    /// Whether a message from there is not whole.
    func isOpen(from endpoint: Endpoint) -> Bool { store.has(from: endpoint) }

    /// When `expire` is wanted next.
    public var deadline: Instant? { store.oldest.map { $0 + Limits.rejoining } }
    /// Carries out what is due.
    public mutating func expire(now: Instant) {
        counters[.timeout] += UInt64(store.expire(now: now))
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
    /// Messages that are not whole, oldest first.
    var open: [(assembly: Assembly, since: Instant)] { store.all }
    /// Bytes that they count for.
    var held: Int { store.held }
    /// How many there are of all that is remembered.
    var remembered: Int { store.count + sources.count + series.count + done.count + oldBoots.count }

    /// A datagram came.
    public mutating func receive(_ bytes: RawSpan, from endpoint: Endpoint, now: Instant) -> Outcome {
        receive(bytes, from: endpoint, number: 0, now: now)
    }
    /// The same, where datagrams are told apart by numbers.
    mutating func receive(_ bytes: RawSpan, from endpoint: Endpoint, number: Int, now: Instant) -> Outcome {
        expire(now: now)
        do throws(DatagramFault) {
            let header = try Header.read(bytes, bug)
            if let own, try header.way(for: own) == .relay { return .relay(header) }
            return take(header, bytes, endpoint, number, now)
        } catch {
            return drop(error.counter)
        }
    }
    /// Seeded faults: what another boot of a source than the current one is taken for.
    private func spoilsBoot(_ h: Header) -> Bool {
        if bug == .refusesNewBoot { return true }
        guard bug == .seriesOutlivesBoot, hasSeries(h), let newest = series[Series(h, bug)] else { return false }
        return !SerialNumber.isNewer(h.msgID, than: newest.msgID)
    }
    /// Seeded faults: what a malformed message changes.
    private mutating func rememberMalformed(_ h: Header, _ endpoint: Endpoint, _ number: Int, _ now: Instant) {
        if bug == .malformedChangesBoot { _ = renew(h, endpoint, now) }
        guard let source = sources[h.src], source.boot == h.boot else { return }
        if bug == .malformedIsDone {
            let key = DoneMessages.Key(life: source.life, h)
            done.add(key, .init(number: number, bodyCRC: h.bodyCRC.value, bodyLen: h.bodyLen.value), at: now)
        }
        if bug == .malformedSetsSeries, hasSeries(h) {
            series.set(Series(h, bug), Newest(life: source.life, msgID: h.msgID), at: now)
        }
    }
    private mutating func drop(_ counter: Counter) -> Outcome {
        counters[counter] += 1
        return .dropped(counter)
    }

    /// The rows of the specification, in their order.
    mutating func take(
        _ h: Header, _ bytes: RawSpan, _ endpoint: Endpoint, _ number: Int, _ now: Instant
    ) -> Outcome {
        if oldBoots.has(Boot(src: h.src, boot: h.boot)), bug != .takesOldBoot { return drop(.oldBoot) }
        if bug == .bootFromOneDatagram { _ = renew(h, endpoint, now) }
        let source = sources[h.src]
        if bug != nil, let source, source.boot != h.boot, spoilsBoot(h) { return drop(.stale) }
        if let source, source.boot == h.boot {
            // A boot that is not the current one was never whole, or is an old one, or was forgotten with what it said.
            if done[DoneMessages.Key(life: source.life, h)] != nil, bug != .staleBeforeDone {
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
        // Looked at where it is: a copy that is kept would be one of all its bytes when a fragment is added.
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
            if bug == .placeForSingle {
                counters[.evict] += UInt64(store.makePlace(src: h.src, at: endpoint, .newcomer).evicted)
            }
            if let fault = finish(h, part, endpoint, number, now) { return drop(fault) }
            return .message(ReassembledMessage(bytes: isOnlooker ? [] : [UInt8](bytes), header: h, endpoint: endpoint))
        }
        let standing = sources.standing(of: h.src, at: endpoint)
        guard makeRoom(Assembly.charge(part.byteCount), h, key, endpoint, standing) else { return drop(.full) }
        if !store.has(key) { store.begin(key, Assembly(h, from: endpoint), standing, now: now) }
        guard let state = store.add(part, h.fragIndex, to: key, number: number, now: now) else { return drop(.full) }
        guard state.held <= h.bodyLen.count || bug == .overrunLate else {
            if bug != .keepsOverrun { store.giveUp(key, .overrun) }
            return drop(.overrun)
        }
        guard state.isComplete, let all = store.remove(key) else { return .more }
        store.leak(h.src, .leaksComplete)
        var h = h
        if bug == .roleOfFirst { h.role = all.header.role }
        let parts = isOnlooker ? all.parts : []
        let whole = all.whole(bytes)
        let body = whole.span.bytes.extracting(Limits.header...)
        if let fault = finish(h, body, endpoint, number, now) {
            if bug == .keepsCRC, fault == .crc { store.begin(key, all, standing, now: now) }
            return drop(fault)
        }
        return .message(ReassembledMessage(bytes: whole, header: h, endpoint: endpoint, parts: parts))
    }

    /// Makes room for a fragment, and a place for its message when it is the first of it; false when there is none.
    private mutating func makeRoom(
        _ charge: Int, _ h: Header, _ key: AssemblyKey, _ endpoint: Endpoint, _ standing: SourceTable.Standing
    ) -> Bool {
        let room = store.makeRoom(charge, for: key, standing)
        counters[.evict] += UInt64(room.evicted)
        guard room.isThere, !store.has(key) else { return room.isThere }
        let place = store.makePlace(src: h.src, at: endpoint, standing)
        counters[.evict] += UInt64(place.evicted)
        return place.isThere
    }

    /// FIND and FIND_ACK are independent of one another.
    private func hasSeries(_ h: Header) -> Bool { !h.type.isRelayed || bug == .stalePerType }
    /// All of a body is there; tells why it is none.
    private mutating func finish(
        _ h: Header, _ body: RawSpan, _ endpoint: Endpoint, _ number: Int, _ now: Instant
    ) -> Counter? {
        guard body.byteCount == h.bodyLen.count || bug == .acceptsShorter,
            bug == .ignoreCRC || CRC32C.checksum(body) == h.bodyCRC.value
        else {
            if bug == .crcIsDone { remember(h, endpoint, number, now) }
            return .crc
        }
        if let fault = BodyCheck.fault(body, of: h.type, bug) {
            if bug != nil { rememberMalformed(h, endpoint, number, now) }
            return fault
        }
        remember(h, endpoint, number, now)
        return nil
    }
    /// Boot, series and what is done follow a message that is whole and right.
    private mutating func remember(_ h: Header, _ endpoint: Endpoint, _ number: Int, _ now: Instant) {
        let life = renew(h, endpoint, now)
        done.add(
            DoneMessages.Key(life: life, h),
            DoneMessages.Done(number: number, bodyCRC: h.bodyCRC.value, bodyLen: h.bodyLen.value), at: now)
        done.trim(to: Limits.remembered)
        if hasSeries(h) {
            series.set(Series(h, bug), Newest(life: life, msgID: h.msgID), at: now)
            series.trim(to: Limits.remembered)
            let bug = bug
            let older = store.removeAll(of: h.src) {
                $0.boot == h.boot && ($0.type == h.type || bug == .supersedesTypes)
                    && ($0.dst == h.dst || bug == .supersedesDestinations)
                    && (SerialNumber.isNewer(h.msgID, than: $0.msgID) || bug == .supersedesNewer)
                    && bug != .keepsSuperseded
            }
            counters[.superseded] += UInt64(older)
        }
    }
    /// The source is alive; its boot is the current one from now on.
    private mutating func renew(_ h: Header, _ endpoint: Endpoint, _ now: Instant) -> UInt64 {
        let (source, replaced) = sources.hear(h.src, boot: h.boot, at: endpoint, now: now)
        if let replaced {
            oldBoots.set(Boot(src: h.src, boot: replaced), true, at: now)
            oldBoots.trim(to: Limits.remembered)
            if bug == .keepsOpenOfOldBoot { return source.life }
            counters[.superseded] += UInt64(store.removeAll(of: h.src) { $0.boot == replaced })
        }
        return source.life
    }
}

/// A message that is whole and right.
public struct ReassembledMessage: Sendable {
    /// As `RightMeshMessage` describes it.
    public var bytes: [UInt8]
    /// That of the datagram that completed it: flags and role are taken from there.
    public var header: Header
    /// Where that came from.
    public var endpoint: Endpoint
    /// Of one that was put together by a passive observer: where its fragments stood.
    var parts: [DatagramPart] = []
}
