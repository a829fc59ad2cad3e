import Nano
import Network
import Node
import Testing
import Wire

@testable import Scenario

/// Runs the whole suite in virtual time against nodes that do not implement Nano. No such node passes a MUST.
@Suite struct HostileNanoTests {
    enum Manner: CaseIterable {
        case mute
        case closes
        case garbage
        case zeros
        case halfAMessage
        case echo
        case flood
        case closesWhenSpokenTo
        case drips
    }
    struct Hostile: Node {
        var manner: Manner
        var peers: [Endpoint]
        var dripping: [LinkID] = []
        var deadline: Instant?

        mutating func start(now: Instant, _ out: inout [Action]) { out += peers.map { .connect($0) } }
        mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
            switch manner {
            case .closes: out.append(.close(link))
            case .garbage: out.append(.send(link, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)))
            case .zeros: out.append(.send(link, [UInt8](repeating: 0, count: 500)))
            case .halfAMessage: out += [.send(link, Array(Self.header.prefix(20))), .close(link)]
            case .flood: for _ in 0..<200 { out.append(.send(link, Self.header + [UInt8](repeating: 0, count: 144))) }
            case .drips:
                dripping.append(link)
                deadline = now + .milliseconds(50)
            case .mute, .echo, .closesWhenSpokenTo: break
            }
        }
        /// The header of a keepalive on the dev network.
        static var header: [UInt8] { [0x52, 0x41, 21, 21, 18, 2, 0, 0] }
        mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
            switch manner {
            case .echo: out.append(.send(link, bytes.withUnsafeBytes { [UInt8]($0) }))
            case .closesWhenSpokenTo: out.append(.close(link))
            default: break
            }
        }
        mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
            dripping.removeAll { $0 == link }
            if dripping.isEmpty { deadline = nil }
        }
        mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
        mutating func wake(now: Instant, _ out: inout [Action]) {
            out += dripping.map { .send($0, [0x52]) }
            deadline = dripping.isEmpty ? nil : now + .milliseconds(50)
        }
    }

    @Test(arguments: Manner.allCases)
    func noMustPasses(_ manner: Manner) throws {
        var definition = Definition.nano
        definition.reference.node = { Hostile(manner: manner, peers: $0.peers) }
        let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        var results: [CaseResult] = []
        // This node has no operator who could ask it.
        let cases = Specification.scenarios.flatMap(\.cases).filter { !$0.id.hasPrefix("nano.control.") }
        Runner(definition, Specification.requirements, options).simulate(Schedule(cases)) { results.append($0) }
        #expect(results.count == cases.count)
        for r in results where r.verdict == .pass { Issue.record("\(manner) \(r.id) passes: \(r.lines)") }
        // The cause is not an error of the scenario or of the harness either.
        for r in results where r.verdict == .error { Issue.record("\(r.id): \(r.told)") }
        #expect(results.contains { $0.verdict == .fail })
    }
    /// If no node is there, no case fails and no case passes.
    @Test func noNodeAtAll() throws {
        let settings = try Definition.nano.settings()
        let options = RunOptions(
            subject: .remote(Remote(address: .loopback(9), listen: .loopback(0))), settings: settings, seed: 1)
        var results: [CaseResult] = []
        Runner(.nano, Specification.requirements, options).simulate(Schedule(Specification.scenarios.flatMap(\.cases)))
        { results.append($0) }
        for r in results {
            #expect(r.verdict == .inconc || r.verdict == .error || r.verdict == .skip, "\(r.id): \(r.told)")
        }
    }
}
