import Testing
import Wire

@testable import Libp2p
@testable import Node

/// Returns the findings for requests (`us`) and answers (`them`) on a stream.
private func told(
    _ said: (Opener, RendezvousContent)..., scrutiny: Scrutiny = .content, missing: Int? = nil
) -> [String] {
    rules(RendezvousObserver(scrutiny), said.map { ($0.0, RendezvousMessage($0.1)) }, missing: missing)
}
private func register(_ namespace: String = "a", _ record: [UInt8]? = Asked.record(1), ttl: UInt64? = 7200)
    -> (Opener, RendezvousContent)
{ (.us, Asked.register(namespace, record, ttl: ttl)) }
private func discover(_ namespace: String? = "a", limit: UInt64? = nil) -> (Opener, RendezvousContent) {
    (.us, Asked.discover(namespace, limit: limit))
}
private let unregister: (Opener, RendezvousContent) = {
    var content = RendezvousContent()
    (content.type, content.unregister) = (.unregister, RendezvousUnregister())
    return (.us, content)
}()
private func registered(_ ttl: UInt64? = 7200, _ status: RendezvousStatus? = .ok) -> (Opener, RendezvousContent) {
    var content = RendezvousContent()
    (content.type, content.registerResponse) = (.registerResponse, RendezvousRegisterResponse())
    content.registerResponse?.status = status
    content.registerResponse?.ttl = ttl
    return (.them, content)
}
private func found(_ all: [RendezvousRegister], _ status: RendezvousStatus? = .ok) -> (Opener, RendezvousContent) {
    var content = RendezvousContent()
    (content.type, content.discoverResponse) = (.discoverResponse, RendezvousDiscoverResponse())
    content.discoverResponse?.status = status
    content.discoverResponse?.registrations = all
    return (.them, content)
}
private func one(
    _ n: Int, _ namespace: String? = "a", ttl: UInt64 = 60, _ record: [UInt8]? = nil
) -> RendezvousRegister {
    var one = RendezvousRegister()
    (one.namespace, one.ttl) = (namespace.map { Text($0) }, ttl)
    one.signedPeerRecord = Bytes(record ?? Asked.record(n))
    return one
}
private func flipped(_ record: [UInt8]) -> [UInt8] { record.dropLast() + [(record.last ?? 0) ^ 1] }

@Suite struct RendezvousObserverTests {
    /// Several requests on a stream, and each kind of good answer, get no findings.
    @Test func right() {
        #expect(
            told(
                register(), registered(), register("b"), unregister, discover(), unregister, registered(),
                found([one(1), one(2)]), unregister, discover(nil), found([one(1), one(1, "b")]), discover("c"),
                found([], .unavailable), register("d", ttl: nil), registered(nil, .notAuthorized)) == [])
        // A missing type means REGISTER, and a missing status means OK.
        var bare = register()
        bare.1.type = nil
        #expect(told(bare, registered(7200, nil)) == [] && told(bare, registered(nil, nil)) == ["GS-128"])
    }
    @Test func times() {
        let most: UInt64 = 72 * 3600
        #expect(told(register(ttl: most), registered(most)) == [])
        #expect(told(register(ttl: most + 1), registered(most)) == [])
        #expect(told(register(ttl: most + 1), registered(most + 1)) == ["GS-128"])
        #expect(told(register(ttl: 8000), registered(8000), register(ttl: 8000), registered(100)) == [])
        #expect(told(register(ttl: 8000), registered(8001)) == ["GS-128?"])
        #expect(told(register(ttl: nil), registered(7200)) == [])
        #expect(told(register(ttl: nil), registered(7201)) == ["GS-128?"])
        #expect(told(register(), registered(nil)) == ["GS-128"])
        #expect(told(discover(), found([one(1, ttl: most)])) == [])
        #expect(told(discover(), found([one(1, ttl: most + 1)])) == ["GS-128"])
    }
    @Test func namespaces() {
        let longest = String(repeating: "n", count: 255)
        #expect(told(register(longest), registered()) == [])
        #expect(told(register(longest + "n"), registered()) == ["GS-132"])
        #expect(told(register(longest + "n"), registered(nil, .invalidNamespace)) == [])
        #expect(told(discover(), found([one(1), one(2, "b")])) == ["GS-126"])
        // A request without a namespace allows any namespace, and an answer may omit it.
        #expect(told(discover(nil), found([one(1), one(2, "b")])) == [])
        #expect(told(discover(""), found([one(2, "b")])) == [])
        #expect(told(discover(), found([one(1, nil)])) == [])
        #expect(told(discover(), found([one(1), one(2), one(1)])) == ["GS-129"])
        #expect(told(discover(nil), found([one(1), one(1, "b"), one(1, "b")])) == ["GS-129"])
    }
    @Test func records() {
        let bad = flipped(Asked.record(1))
        for record in [nil, [], [1], bad] as [[UInt8]?] {
            #expect(told(register("a", record)) == ["GS-131"])
            #expect(told(register("a", record), registered(nil, .invalidSignedPeerRecord)) == ["GS-131"])
            #expect(told(register("a", record), registered()) == ["GS-131", "GS-127"])
        }
        #expect(told(discover(), found([one(1), one(1, "a", bad)])) == ["GS-127"])
        #expect(told(discover(), found([one(1), one(1, "a", [])])) == ["GS-126"])
        // Signatures are verified only if the scrutiny requires it, because that is slow.
        #expect(told(register("a", bad), registered(), discover(), found([one(1, "a", bad)]), scrutiny: .state) == [])
        #expect(told(register("a", nil), scrutiny: .state) == ["GS-131"])
        // A record with a key of unknown type cannot be judged.
        let key = PublicKey(KeyType(rawValue: 9), [1, 2, 3])
        var (strange, content) = (Envelope(), PeerRecord())
        content.peerID = Bytes(PeerID(of: key.encoded()).bytes)
        (strange.publicKey, strange.payloadType) = (key, Bytes(PeerRecord.payloadType))
        (strange.payload, strange.signature) = (Bytes(content.encoded()), Bytes([1]))
        #expect(told(register("a", strange.encoded()), registered()) == [])
    }
    @Test func limits() {
        let three = [one(1), one(2), one(3)]
        #expect(told(discover(limit: 3), found(three)) == [] && told(discover(limit: 2), found(three)) == ["GS-130"])
        #expect(told(discover(limit: 0), found(three)) == [] && told(discover(), found(three)) == [])
    }
    @Test func kinds() {
        #expect(told(register(), found([])) == ["GS-128"] && told(discover(), registered()) == ["GS-126"])
        #expect(told(discover(), (.them, discover().1)) == ["GS-126"])
        #expect(told(unregister, registered()) == ["GS-129"] && told(unregister, found([])) == ["GS-129"])
        #expect(told(unregister, discover(), registered(), found([])) == ["GS-129"])
        // It is unknown which of the two answers is the extra one.
        #expect(told(unregister, register(), registered(), registered()) == ["GS-129"])
        #expect(told(registered()) == [""] && told(register(), registered(), registered()) == [""])
        // An undecodable message, or one that is not a request, may be answered in any way.
        #expect(told((.us, RendezvousContent()), registered()) == [])
        #expect(told((.us, registered().1), registered(), registered()) == [])
    }
    /// Unseen messages may explain a breach, so an incomplete capture gives no findings for them.
    @Test func incompleteCaptures() {
        let long = String(repeating: "n", count: 256)
        let bad = register(long, nil, ttl: 1)
        #expect(told(bad, registered(1 << 40)) == ["GS-131", "GS-127", "GS-132", "GS-128"])
        #expect(told(bad, registered(1 << 40), missing: 1) == ["GS-131"])
        #expect(told(bad, registered(1 << 40), unregister, found([one(1), one(1)]), missing: 0) == [])
    }
    /// The observer sees each fault of a point that shows on one stream.
    @Test(
        arguments: [
            (.discoversOtherNamespaces, "GS-126"), (.recordNotTold, "GS-126"), (.acceptsWrongRecord, "GS-127"),
            (.ignoresTTLLimit, "GS-128"), (.ttlNotTold, "GS-128"), (.namespaceUnlimited, "GS-132"),
            (.unregisterAnswered, "GS-129"), (.refreshDoubles, "GS-129"), (.limitIgnored, "GS-130"), (nil, nil),
        ] as [(RendezvousFault?, String?)])
    func faults(_ fault: RendezvousFault?, _ rule: String?) throws {
        var asked = Asked(fault)
        for n in 2...4 { asked.register("a", n) }
        asked.register("b", 5)
        let wishes = [
            register("a", Asked.record(1)), register("a", Asked.record(1)),
            register("a", Asked.record(1), ttl: 1 << 20),
            register(String(repeating: "n", count: 256)), discover("a", limit: 2), discover(), discover(nil),
            unregister,
            register("a", flipped(Asked.record(1))),
        ]
        var said: [(Opener, RendezvousMessage)] = []
        for wish in wishes {
            said.append((.us, RendezvousMessage(wish.1)))
            if let answer = asked.answer(wish.1, 1) { said.append((.them, RendezvousMessage(answer))) }
        }
        let found = rules(RendezvousObserver(.content), said)
        // The last request has an invalid record.
        #expect(Set(found).subtracting(["GS-131"]) == Set(rule.map { [$0] } ?? []), "\(found)")
        #expect(found.contains("GS-131"))
    }
}
