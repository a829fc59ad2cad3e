import Node
import Testing
import Wire

@testable import PeerPigeon

/// Tests that many peers that leave at once do not delay the other peers.
struct DepartureTests {
    static let count = 200

    /// Returns a hub to which `count` peers have announced themselves: `P0`, `P1` and so on.
    static func crowded(_ profile: String, _ count: Int = DepartureTests.count) throws -> TestHub {
        var hub = try TestHub(profile)
        for i in 0..<count {
            hub.open("P\(i)", target: "/?peerId=" + Self.id(i))
            hub.announce("P\(i)")
            hub.clear()
        }
        return hub
    }
    static func id(_ i: Int) -> String {
        let digits = String(i + 1, radix: 16)
        return String(repeating: "0", count: 40 - digits.count) + digits
    }
    func notices(_ hub: TestHub) -> Int { hub.told.values.reduce(0) { $0 + $1.count } }
    /// Returns the peers whose leave the hub reported to `name` in form 2, in order.
    func departed(_ hub: TestHub, _ name: String) -> [String] {
        (hub.told[name] ?? []).filter { TestHub.text($0["type"]) == "peer-disconnected" && $0["networkName"] != nil }
            .map { TestHub.text($0["data"]?["peerId"]) }
    }

    /// The hub must not send each leave to each other peer at once: these would be 40,000 notices.
    @Test(arguments: ["robust", "v1.1.3"]) func limitsNoticesWhenAllLeaveAtOnce(_ profile: String) throws {
        var hub = try Self.crowded(profile)
        for i in 0..<Self.count { hub.leave("P\(i)") }
        #expect(notices(hub) <= Limits.noticesAtOnce)
        // No peer is left that could receive a notice.
        hub.pass(.seconds(1))
        #expect(notices(hub) <= Limits.noticesAtOnce)
        #expect(hub.node.delayed.count == 0 && hub.node.peers.count == 1)
    }
    @Test(arguments: ["robust", "v1.1.3"]) func limitsNoticesWhenAllSendGoodbyeAtOnce(_ profile: String) throws {
        var hub = try Self.crowded(profile)
        // The hub also forwards each goodbye to five other peers.
        for i in 0..<Self.count { hub.say("P\(i)", #"{"type":"goodbye"}"#) }
        #expect(notices(hub) <= Limits.noticesAtOnce + 5 * Self.count)
    }
    /// The remaining peers receive one notice for each peer that left, in order. The hub answers requests in between.
    @Test(arguments: ["robust", "v1.1.3"]) func remainingPeersReceiveEachLeaveOnceInOrder(_ profile: String) throws {
        var hub = try Self.crowded(profile)
        for i in 0..<Self.count / 2 { hub.leave("P\(i)") }
        let waiting = hub.node.delayed.count
        #expect(waiting > 0)
        let name = "P\(Self.count - 1)"
        let before = notices(hub)
        hub.say(name, #"{"type":"ping"}"#)
        #expect(hub.types(name).last == "pong" && notices(hub) == before + 1)
        hub.pass(.seconds(10))
        #expect(departed(hub, name) == (0..<Self.count / 2).map(Self.id))
        #expect(departed(hub, "P150") == departed(hub, name))
        // The hub also sends form 1 of each notice.
        #expect(hub.types(name).count { $0 == "peer-disconnected" } == Self.count)
    }
    /// The hub reports the leave of a returning peer once, before it reports the return.
    @Test(arguments: ["robust", "v1.1.3"]) func reportsLeaveOfReturningPeerBeforeItsReturn(_ profile: String) throws {
        var hub = try Self.crowded(profile)
        for i in 0..<Self.count / 2 { hub.leave("P\(i)") }
        #expect(hub.node.delayed.count > 0)
        let back = Self.count / 2 - 1
        hub.open("again", target: "/?peerId=" + Self.id(back))
        hub.announce("again")
        hub.pass(.seconds(10))
        let said = (hub.told["P150"] ?? []).filter { TestHub.text($0["data"]?["peerId"]) == Self.id(back) }
        let types = said.map { TestHub.text($0["type"]) }
        #expect(types == ["peer-disconnected", "peer-disconnected", "peer-discovered"])
        #expect(departed(hub, "again") == [])
    }
    /// A peer that joins while notices wait never saw the departed peers. The hub sends it no notice about them.
    @Test func sendsNoWaitingNoticeToPeerThatJoinsLater() throws {
        var hub = try Self.crowded("robust")
        for i in 0..<Self.count / 2 { hub.leave("P\(i)") }
        hub.open("new", target: "/?peerId=" + Self.id(5000))
        hub.announce("new")
        hub.pass(.seconds(10))
        #expect(departed(hub, "new") == [] && departed(hub, "P150").count == Self.count / 2)
    }
    /// The queue of waiting notices has its own limit.
    @Test func limitsWaitingNotices() throws {
        var delayed = DelayedNotices()
        let peer = try #require(PeerID(Self.id(1)))
        let one = LeaveNotice(peer, isHub: false, because: nil, in: .global, to: .members(.global))
        let first = delayed.admits(Limits.noticesAtOnce + 1, .zero)
        let more = delayed.admits(1, .zero)
        #expect(first && !more)
        for _ in 0..<3000 { delayed.append(one, .zero) }
        for _ in 0..<2000 { _ = delayed.removeFirst() }
        #expect(delayed.count == 1000)
        let rest = delayed.remove(of: peer)
        #expect(rest.count == 1000 && delayed.count == 0)
        let isEmpty = delayed.removeFirst() == nil
        #expect(isEmpty && delayed.since == nil)
        let later = delayed.admits(1, .zero + .seconds(1))
        #expect(later)
    }
}
