import Nano
import Network
import Node
import Testing
import Wire

@testable import Scenario

/// The preflight identifies the node at an address, in virtual time.
@Suite struct PreflightTests {
    let driver = Driver(SimulatedNetwork(seed: 4))
    let at = Endpoint.loopback(7075)

    /// The source addresses of all connections.
    final class Visitors {
        var all: [Endpoint] = []
    }
    /// A node that records each connection and otherwise acts like its inner node.
    struct Door: Node {
        nonisolated(unsafe) let visitors: Visitors
        var inner: any Node
        mutating func start(now: Instant, _ out: inout [Action]) { inner.start(now: now, &out) }
        mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
            visitors.all.append(peer)
            inner.opened(link, peer: peer, by: opener, now: now, &out)
        }
        mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
            inner.received(bytes, on: link, now: now, &out)
        }
        mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
            inner.closed(link, now: now, &out)
        }
        mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
        mutating func wake(now: Instant, _ out: inout [Action]) { inner.wake(now: now, &out) }
        var deadline: Instant? { inner.deadline }
    }
    /// Asks for a node of this network, or of the preset network.
    func ask(_ node: (any Node)?, network: String = "dev") throws -> (Preflight.Outcome, [Endpoint]) {
        let visitors = Visitors()
        if let node {
            let (listener, _) = try driver.listen(at)
            driver.add(Door(visitors: visitors, inner: node), listeners: [listener])
        }
        let settings = try Definition.nano.settings(["network": network])
        let preflight = try #require(Preflight(.nano, settings, at: at, seed: 9))
        return (preflight.ask(driver), visitors.all)
    }
    static func nano(_ profile: String, _ network: String) throws -> any Node {
        let settings = try Definition.nano.settings(profile: profile, ["network": network])
        return Definition.nano.reference.node(
            NodeOptions(settings, random: Random(seed: 3, "node"), listening: .loopback(7075), peers: []))
    }
    func toy(_ rules: [Rule]) -> any Node { ToyNode(rules: rules, peers: [], dialsAfter: .zero) }

    @Test(arguments: Definition.nano.configuration.profiles.map(\.name), ["dev", "live", "beta", "test"])
    func nano(_ profile: String, _ network: String) throws {
        let (outcome, visitors) = try ask(Self.nano(profile, network))
        guard case .found(let told) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(told.parameters == ["network": network] && told.profiles.contains(profile))
        #expect(told.identity?.count == 32 && told.remarks.contains { $0.hasPrefix("handshake V") })
        // Each question had its own source address.
        #expect(Set(visitors.map(\.host)).count == visitors.count && !visitors.contains { $0.host == "127.0.0.1" })
        #expect(network == "dev" ? visitors.count == 1 : visitors.count > 1)
    }
    /// The preflight asks first with the network that the user gave. It finds a wrong network anyway.
    @Test func toldNetworkFirst() throws {
        let (outcome, visitors) = try ask(Self.nano("v28", "beta"), network: "beta")
        #expect(visitors.count == 1)
        if case .found(let told) = outcome { #expect(told.parameters["network"] == "beta") }
    }
    @Test func nobody() throws {
        #expect(try ask(nil).0 == .nobody("nobody listens there"))
        #expect(driver.now < .zero + .seconds(1))
    }
    @Test func silent() throws {
        let (outcome, visitors) = try ask(toy([]))
        #expect(outcome == .silent(closes: false) && visitors.count == 8)
    }
    @Test func closesOnAll() throws {
        let (outcome, visitors) = try ask(toy([.on(.bytes, .close)]))
        #expect(outcome == .silent(closes: true) && visitors.count == 8)
        // The preflight does not wait for a peer that has closed.
        #expect(driver.now < .zero + .seconds(1))
    }
    @Test func foreign() throws {
        let hello = Array("SSH-2.0-x\r\n".utf8)
        #expect(try ask(toy([.on(.open, .raw(hello))])).0 == .foreign(hello))
        // The magic number is right, so this is a faulty node of the protocol. The cases judge it.
        let driver = PreflightTests()
        let bad: [UInt8] = [0x52, 0x41, 0, 0, 0, 0xff, 0, 0]
        guard case .found(let told) = try driver.ask(toy([.on(.open, .raw(bad))])).0 else {
            Issue.record("not found")
            return
        }
        #expect(told.profiles.isEmpty && told.identity == nil && told.fault?.isEmpty == false)
    }
    /// A late answer to the first question counts. A query alone is an answer.
    @Test func late() throws {
        var query = NodeIDHandshake()
        query.query = Key32(repeating: 1)
        let (outcome, _) = try ask(toy([.on(.bytes, after: .milliseconds(5_500), .raw(query.encoded()))]))
        guard case .found(let told) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(told.identity == nil && told.parameters == ["network": "dev"])
    }
    @Test func givenUp() throws {
        let (listener, _) = try driver.listen(at)
        driver.add(toy([]), listeners: [listener])
        let preflight = try #require(Preflight(.nano, Definition.nano.settings(), at: at, seed: 9))
        var left = 5
        let outcome = preflight.ask(driver) {
            left -= 1
            return left > 0
        }
        #expect(outcome == .givenUp && left == 0)
        #expect(Preflight(.toy(), try Definition.toy().settings(), at: at, seed: 9) == nil)
    }
}

/// Compares the answer of a node with the claims of the user.
@Suite struct KnownNodeTests {
    let at = Endpoint.loopback(7075)
    var told: Identification {
        var t = Identification()
        t.identity = [0xab, 1]
        t.profiles = ["legacy"]
        t.parameters = ["network": "live"]
        t.remarks = ["handshake V1"]
        return t
    }
    func known(
        _ told: Identification, _ claims: NodeClaims = NodeClaims(), profile: String? = nil, network: String = "dev"
    ) throws -> KnownNode {
        let settings = try Definition.nano.settings(profile: profile, ["network": network])
        return try KnownNode(told, at: at, .nano, settings, claims)
    }
    @Test func foundIsTaken() throws {
        let k = try known(told)
        #expect(k.settings.profile == "legacy" && k.settings["network"] == "live" && k.settings["ledger"] == "small")
        #expect(k.identity == [0xab, 1] && k.found == ["network", "profile", "identity"])
        #expect(
            k.line
                == "127.0.0.1:7075 answers: nano, network live (found), profile legacy (found), handshake V1, id 0xab01"
        )
    }
    /// The line reports a wrong answer of the protocol.
    @Test func notRightly() throws {
        var t = told
        t.fault = "hop_limit at 6: illegal value 0"
        let k = try known(t)
        #expect(k.line.hasPrefix("127.0.0.1:7075 answers, but incorrectly (hop_limit at 6: illegal value 0): nano, "))
        #expect(k.event["fault"] == "hop_limit at 6: illegal value 0")
        #expect(try known(told).event["fault"] == nil)
    }
    /// If no case is for the kind of the node, the hint suggests that the node reports its kind wrongly.
    @Test func kindHint() throws {
        var t = told
        (t.kind, t.kindPlace) = ("hub", "role, byte 5 of its answer")
        let leaf = try toy("  - wait: 1s").cases
        #expect(try known(t).kindHint(for: leaf) == nil)
        var other = leaf
        for i in other[0].scenario.actors.indices where other[0].scenario.actors[i].isSubject {
            other[0].scenario.actors[i].kind = "leaf"
        }
        let hint = try known(t).kindHint(for: other)
        #expect(
            hint?.hasPrefix("the node reports that it is a hub (role, byte 5 of its answer), and these cases") == true)
        #expect(try known(t, NodeClaims(kind: "hub")).kindHint(for: other) == nil)
    }
    @Test func saidAndTrue() throws {
        let claims = NodeClaims(given: ["network", "profile"], kind: "hub", identity: [0xab, 1])
        let k = try known(told, claims, profile: "legacy", network: "live")
        #expect(k.found.isEmpty && k.kind == "hub" && !k.line.contains("(found)"))
    }
    @Test func contradictions() throws {
        func error(_ claims: NodeClaims, _ told: Identification? = nil) -> String {
            do {
                _ = try known(told ?? self.told, claims)
                return ""
            } catch {
                return "\(error)"
            }
        }
        let rest = ", or --no-preflight to judge it anyway"
        #expect(
            error(NodeClaims(given: ["network"])) == "network is live there, and not dev: give -P network=live\(rest)")
        #expect(
            error(NodeClaims(given: ["profile"]))
                == "profile is legacy there, and not v28: give --profile legacy\(rest)")
        #expect(error(NodeClaims(identity: [2])).hasPrefix("id is 0xab01 there, and not 0x02: give --id 0xab01"))
        var hub = told
        hub.kind = "hub"
        #expect(
            error(NodeClaims(kind: "leaf"), hub)
                == "kind is hub there, and not leaf: correct `kind` in the target file\(rest)"
        )
        // An answer without facts contradicts no claim.
        #expect(error(NodeClaims(given: ["network", "profile"], kind: "hub", identity: [1]), Identification()) == "")
    }
    /// If several profiles match, the preset wins if it is among them. If the answer names no profile, the line does
    /// not claim to have found one.
    @Test func severalProfiles() throws {
        var t = told
        t.profiles = ["legacy", "v28"]
        #expect(try known(t).settings.profile == "v28")
        #expect(try known(t).line.contains("profile v28 (found) (or legacy: its answer fits all of them)"))
        #expect(try known(t).possibleProfiles == [])
        t.profiles = ["legacy", "other"]
        #expect(try known(t).settings.profile == "legacy" && known(t).possibleProfiles == ["other"])
        #expect(try known(t, NodeClaims(given: ["profile"]), profile: "legacy").possibleProfiles == [])
        t.profiles = []
        let k = try known(t)
        #expect(k.settings.profile == "v28" && !k.found.contains("profile"))
        #expect(k.line.contains("profile v28 (preset: not in its answer)"))
    }
}
