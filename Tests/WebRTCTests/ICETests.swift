import Node
import Testing
import Wire

@testable import WebRTC

@Suite struct ICETests {
    private func paths(_ pair: AgentPair) -> [Endpoint?] {
        [pair.a.isNominated ? pair.a.path : nil, pair.b.isNominated ? pair.b.path : nil]
    }
    private let both: [Endpoint?] = [AgentPair.bAt, AgentPair.aAt]

    @Test func nominatesPathInOneSecond() {
        var pair = AgentPair(seed: 1)
        pair.introduce()
        pair.run(for: .seconds(1))
        #expect(paths(pair) == both)
        #expect(pair.events.a == [.connected, .selected(AgentPair.bAt)])
        #expect(pair.a.isControlling && !pair.b.isControlling)
    }
    /// Two sides that begin at the same moment must not outrun each other with triggered checks.
    @Test(arguments: 0..<20 as Range<UInt64>) func endsUnderLoss(_ seed: UInt64) {
        var pair = AgentPair(seed: seed)
        pair.loss = 0.3
        pair.introduce()
        pair.run(for: .seconds(25))
        #expect(paths(pair) == both)
        #expect(pair.sent < 120, "\(pair.sent) datagrams")
    }
    @Test(arguments: 0..<10 as Range<UInt64>) func resolvesRoleConflict(_ seed: UInt64) {
        var pair = AgentPair(seed: seed, bothControl: true)
        pair.introduce()
        pair.run(for: .seconds(2))
        #expect(pair.a.isControlling != pair.b.isControlling)
        #expect(paths(pair) == both)
        let roles = (pair.events.a + pair.events.b).filter { if case .role = $0 { true } else { false } }
        #expect(roles.count == 1)
    }
    @Test func findsNoPathWithWrongPassword() {
        var pair = AgentPair(seed: 3)
        pair.introduce(password: String(repeating: "x", count: 24))
        pair.run(for: .seconds(40))
        #expect(!pair.a.isNominated && !pair.b.isNominated)
        #expect(pair.events.a == [.failed("no path was found in time")])
        #expect(pair.a.deadline == nil)
    }
    /// A request may arrive before the answer: the side answers it, and checks the address once it has the password.
    @Test func answersRequestBeforeDescription() {
        var pair = AgentPair(seed: 4)
        pair.introduceToB()
        pair.run(for: .seconds(1))
        #expect(pair.a.accepts(AgentPair.aAt) == false && pair.a.accepts(AgentPair.bAt))
        #expect(pair.b.path == AgentPair.aAt && !pair.b.isNominated)
        // A learns the password, but no candidate.
        pair.a.setRemote(pair.b.local, now: pair.now)
        pair.run(for: .seconds(1))
        #expect(paths(pair) == both)
    }
    @Test func expiresConsentAfter30Seconds() {
        var pair = AgentPair(seed: 5)
        pair.introduce()
        pair.run(for: .seconds(100))
        #expect(paths(pair) == both)
        #expect(pair.events.a.count == 2)
        pair.unreachable = [AgentPair.bAt]
        pair.run(for: .seconds(24))
        #expect(pair.events.a.count == 2)
        pair.run(for: .seconds(12))
        #expect(pair.events.a.last == .failed("the other side does not answer any more: its consent expired"))
    }
    /// One lost answer is no reason to end a connection.
    @Test func keepsConsentUnderLoss() {
        var pair = AgentPair(seed: 6)
        pair.introduce()
        pair.run(for: .seconds(1))
        pair.loss = 0.4
        pair.run(for: .seconds(60))
        #expect(pair.events.a.count == 2 && pair.events.b.count == 2)
    }
    /// A peer that nominates with each check, and then nominates another path.
    @Test func followsAggressiveAndLaterNomination() throws {
        var pair = AgentPair(seed: 7)
        var controlled = ICEAgent(isControlling: false, pair.a.local, Random(seed: 8))
        let peer = pair.b.local
        let first = Endpoint.loopback(1), second = Endpoint.loopback(2)
        controlled.add(ICECandidate(first, .host))
        controlled.setRemote(peer, now: .zero)
        func nominate(_ from: Endpoint, _ agent: inout ICEAgent) throws {
            let request = STUNMessage(
                .bindingRequest, Fixed([UInt8](repeating: 9, count: 12)) ?? Fixed(),
                [
                    STUNAttribute(.username, text: "\(agent.local.ufrag):\(peer.ufrag)"),
                    STUNAttribute(priority: 1), STUNAttribute(tieBreaker: 1, controls: true),
                    STUNAttribute(.useCandidate),
                ])
            agent.receive(
                request.encoded(signedWith: Array(agent.local.password.utf8)).span.bytes, from: from, now: .zero)
            // The peer answers the check of the agent.
            for (to, bytes) in agent.takeDatagrams() where to == from {
                let check = try STUNMessage(copying: bytes)
                guard check.type == .bindingRequest else { continue }
                let answer = STUNMessage(
                    .bindingSuccess, check.transaction, [STUNAttribute(xorMapped: first, in: check.transaction)])
                agent.receive(
                    answer.encoded(signedWith: Array(peer.password.utf8)).span.bytes, from: from, now: .zero)
            }
        }
        try nominate(first, &controlled)
        #expect(controlled.isNominated && controlled.path == first)
        try nominate(second, &controlled)
        #expect(controlled.path == second)
        // A repeated nomination of an old path changes nothing while the new one works.
        try nominate(first, &controlled)
        #expect(controlled.path == second)
        pair.run(for: .zero)
    }
    @Test func refusesUnsignedAndUnknown() throws {
        var pair = AgentPair(seed: 9)
        func answer(_ attributes: [STUNAttribute], key: [UInt8]?) throws -> UInt16? {
            let user = STUNAttribute(.username, text: "\(pair.a.local.ufrag):other")
            let request = STUNMessage(.bindingRequest, Fixed(), [user] + attributes)
            pair.deliverToA(request.encoded(signedWith: key), from: .loopback(5))
            guard let bytes = pair.a.takeDatagrams().first?.bytes else { return nil }
            return try STUNMessage(copying: bytes)[.errorCode]?.error?.code ?? 0
        }
        let key = Array(pair.a.local.password.utf8)
        #expect(try answer([], key: nil) == 400)
        #expect(try answer([], key: Array("another password, which is wrong".utf8)) == 401)
        #expect(try answer([STUNAttribute(.init(rawValue: 0x7fff))], key: key) == 420)
        #expect(!pair.a.accepts(.loopback(5)))
        #expect(try answer([], key: key) == 0)
        #expect(pair.a.accepts(.loopback(5)))
    }
    @Test func limitsAddressesOfPeer() {
        var agent = AgentPair(seed: 10).a
        for port in 1...1000 as ClosedRange<UInt16> { agent.add(ICECandidate(.loopback(port), .host)) }
        #expect(agent.pairs.count == ICEAgent.maximumPairs)
    }
    @Test func learnsReflexiveAddressFromServer() throws {
        var agent = AgentPair(seed: 11).a
        let server = Endpoint(v4: 0x0102_0304, port: 3478), base = Endpoint.loopback(7)
        agent.ask(server, from: base, now: .zero)
        agent.wake(now: .zero)
        let sent = try #require(agent.takeDatagrams().first)
        #expect(sent.to == server && agent.deadline == .zero + .milliseconds(250))
        let request = try STUNMessage(copying: sent.bytes)
        #expect(request[.username] == nil && request[.messageIntegrity] == nil)
        let seen = Endpoint(v4: 0x0506_0708, port: 9)
        let answer = STUNMessage(
            .bindingSuccess, request.transaction, [STUNAttribute(xorMapped: seen, in: request.transaction)])
        agent.receive(answer.encoded(signedWith: nil).span.bytes, from: .loopback(1), now: .zero)
        #expect(agent.takeEvents().isEmpty)
        agent.receive(answer.encoded(signedWith: nil).span.bytes, from: server, now: .zero)
        guard case .candidate(let one)? = agent.takeEvents().first else {
            Issue.record("no candidate")
            return
        }
        #expect(one.endpoint == seen && one.kind == .serverReflexive && one.base == base)
        #expect(one.text.hasSuffix("5.6.7.8 9 typ srflx raddr 127.0.0.1 rport 7"))
        #expect(agent.deadline == nil)
    }
}
