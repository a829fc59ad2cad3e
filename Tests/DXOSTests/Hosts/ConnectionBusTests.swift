import Node
import Testing
import Wire

@testable import DXOS

/// Tests the bus over connections, without hosts.
struct ConnectionBusTests {
    private static let form = WireForm(build: .go, writesDefaults: false)
    private static let swarm = Topic.swarm([0x50])
    private var bus = ConnectionBus(form, [0xf0])

    /// Returns the sent messages in a short form: `1:4` is a response on link 1 to the call 4.
    private mutating func sent(_ body: (inout ConnectionBus, inout [Action]) -> Void) -> [String] {
        var out: [Action] = []
        body(&bus, &out)
        return out.map { action in
            guard case .send(let link, let bytes) = action else { return "\(action)" }
            if let response = (try? Response(copying: bytes))?.response { return "\(link.number):\(response.id ?? 0)" }
            if let close = (try? StreamClose(copying: bytes))?.streamClose {
                return "\(link.number) close \(close.id ?? 0)"
            }
            let request = (try? Request(copying: bytes))?.request
            let wanted = request?.payload?.busSubscription
            let topic = wanted.flatMap { Topic($0)?.name } ?? "nothing"
            return "\(link.number) \(request?.id ?? 0) \(topic)\(wanted?.resumed ?? false ? " resumed" : "")"
        }
    }
    private mutating func add(_ link: UInt64, _ id: Int32, host: UInt8, _ now: Instant = .zero) -> [String] {
        sent { $0.add(StreamID(link: LinkID(link), id: id), Self.swarm, host: [host], at: now, into: &$1) }
    }
    private mutating func publish(_ text: String, about: [UInt8]? = nil, _ now: Instant = .zero) -> [String] {
        sent { $0.carry(.publish(Self.swarm, Array(text.utf8), about: about), now, &$1) }
    }

    /// A host with two connections receives a message once, over either connection.
    @Test mutating func eachHostIsToldOnce() {
        #expect(add(1, 4, host: 1) + add(2, 7, host: 1) + add(3, 1, host: 2) == [])
        #expect(publish("a") == ["1:4", "3:1"])
        bus.remove(StreamID(link: LinkID(1), id: 4), Self.swarm)
        #expect(publish("b") == ["2:7", "3:1"])
        bus.remove(StreamID(link: LinkID(3), id: 1), Self.swarm)
        bus.remove(StreamID(link: LinkID(2), id: 7), Self.swarm)
        #expect(publish("c") == [])
    }
    /// A late subscription receives the publications of the last 2 s: the last one about each peer, once.
    @Test mutating func lateSubscription() {
        #expect(add(1, 0, host: 1) == [])
        #expect(publish("came", about: [0xa1]) == ["1:0"] && publish("left", about: [0xa1]) == ["1:0"])
        #expect(publish("came", about: [0xb0], .zero + .seconds(1)) == ["1:0"] && publish("other") == ["1:0"])
        #expect(add(2, 0, host: 2, .zero + .milliseconds(1999)) == ["2:0", "2:0"])
        #expect(add(3, 0, host: 2, .zero + .milliseconds(1999)) == [])
        #expect(add(4, 0, host: 1, .zero + .milliseconds(1999)) == [])
        #expect(add(5, 0, host: 3, .zero + .seconds(2)) == ["5:0"])
        #expect(add(6, 0, host: 4, .zero + .seconds(3)) == [])
    }
    /// If the publications exceed the limit, the last ones are kept.
    @Test mutating func manyPublications() {
        for i in 0..<(3 * RecentPublications.limit) { _ = publish("x", about: [UInt8(i >> 8), UInt8(i & 255)]) }
        let kept = add(1, 0, host: 1).count
        #expect(kept >= RecentPublications.limit / 2 && kept <= RecentPublications.limit)
    }
    @Test mutating func subscriptions() throws {
        #expect(sent { $0.carry(.subscribe(Self.swarm), .zero, &$1) } == [])
        #expect(sent { $0.begin(LinkID(1), &$1) } == ["1 0 swarm/50 resumed"])
        #expect(sent { $0.begin(LinkID(1), &$1) } == [])
        #expect(sent { $0.carry(.subscribe(.peer([0xa1])), .zero, &$1) } == ["1 1 peer/a1"])
        #expect(sent { $0.carry(.subscribe(.peer([0xa1])), .zero, &$1) } == [])
        // The event depends on the id of the call. The type is the one for the topic, or it is missing.
        func response(_ id: Int32, _ type: TypeName, _ bytes: [UInt8]) -> [UInt8] {
            Self.form.response(id) { $0.payload = Self.form.namedPayload(type, bytes) }
        }
        func hear(_ bytes: [UInt8]) -> BusEvent? { bus.hear(bytes.span.bytes, LinkID(1)) }
        let event: [UInt8] = [0x12, 3, 0x0a, 1, 0xa1]
        #expect(hear(response(0, .swarmEvent, event)) == .published(Self.swarm, event))
        #expect(hear(response(0, .peerEvent, event)) == nil && hear(response(2, .swarmEvent, event)) == nil)
        #expect(hear(response(1, .peerEvent, event)) == .published(.peer([0xa1]), event))
        #expect(sent { $0.carry(.unsubscribe(.peer([0xa1])), .zero, &$1) } == ["1 close 1"])
        #expect(hear(response(1, .peerEvent, event)) == nil)
        // A subscription that the other end closed is not closed again.
        #expect(hear(Self.form.response(0) { $0.close = true }) == nil)
        #expect(sent { $0.carry(.unsubscribe(Self.swarm), .zero, &$1) } == [])
    }
}
