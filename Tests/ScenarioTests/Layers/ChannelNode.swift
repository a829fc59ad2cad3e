import Node
import TestLayers
import Wire

@testable import Scenario

/// A node that implements envelopes by itself, one channel at a time. It answers each text in a channel with the same
/// text and `!`.
///
/// Some words have another effect. On `open`, the node opens channel 8 for `toy` and sends `hi` there. On `other`, it
/// opens channel 10 for an unknown protocol with the bytes 9, 9. On `many`, it opens 100,000 channels. On `end`, it
/// ends the channel.
struct ChannelNode: Node {
    /// The reaction of the node to the request for permission to send.
    enum Grant: Sendable {
        /// The node grants the request.
        case gives
        /// The node sends nothing.
        case keepsSilent
        /// The node answers each request with a request of its own, without end.
        case asksBack
        /// The node closes the connection.
        case closes
    }
    var grant = Grant.gives
    /// The peers that the node dials, and the bytes that it then sends.
    var peers: [Endpoint] = []
    var greeting: [UInt8] = []
    private var pending: [LinkID: [UInt8]] = [:]
    /// The first parts of incomplete messages, by link and channel.
    private var parts: [[UInt64]: [UInt8]] = [:]

    init(_ grant: Grant = .gives, dialing peers: [Endpoint] = [], _ greeting: [UInt8] = []) {
        (self.grant, self.peers, self.greeting) = (grant, peers, greeting)
    }
    var deadline: Instant? { nil }
    mutating func start(now: Instant, _ out: inout [Action]) { out += peers.map { .connect($0) } }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        if opener == .us { out.append(.send(link, greeting)) }
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        var all = pending[link, default: []] + bytes.withUnsafeBytes { [UInt8]($0) }
        while all.count >= 3, all.count >= 3 + Int(all[2]) {
            let end = 3 + Int(all[2])
            answer(all[0], all[1], Array(all[3..<end]), link, &out)
            all.removeSubrange(..<end)
        }
        pending[link] = all
    }
    private mutating func answer(
        _ kind: UInt8, _ channel: UInt8, _ body: [UInt8], _ link: LinkID, _ out: inout [Action]
    ) {
        switch Envelope.Kind(rawValue: kind) {
        case .ask, .grant:
            switch grant {
            case .gives: if kind == Envelope.Kind.ask.rawValue { out.append(.send(link, unit(.grant))) }
            case .keepsSilent: break
            case .asksBack: out.append(.send(link, unit(.ask)))
            case .closes: out.append(.close(link))
            }
        case .plain: hear(body, channel, link, &out)
        case .reversed: hear(body.reversed(), channel, link, &out)
        case .close where channel == 1: out.append(.close(link))
        default: break
        }
    }
    private mutating func hear(_ bytes: [UInt8], _ channel: UInt8, _ link: LinkID, _ out: inout [Action]) {
        let key = [link.number, UInt64(channel)]
        let all = (parts.removeValue(forKey: key) ?? []) + bytes
        guard all.first == 1 else { return out.append(.send(link, unit(.plain, channel, all))) }
        guard all.count >= 2, all.count == 2 + Int(all[1]) else { return parts[key] = all }
        let text = String(decoding: all.dropFirst(2), as: UTF8.self)
        let answer: [UInt8] =
            switch text {
            case "open": unit(.open, 8, Array("toy".utf8)) + unit(.reversed, 8, say("hi").reversed())
            case "other": unit(.open, 10, Array("what".utf8)) + unit(.plain, 10, [9, 9])
            case "many": unit(.many, 0, [1, 0x86, 0xa0])
            case "end": unit(.close, channel)
            default: unit(.plain, channel, say(text + "!"))
            }
        out.append(.send(link, answer))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { pending[link] = nil }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
}

/// Runs a case of the toy protocol in envelopes, in virtual time.
func playInEnvelopes(
    _ steps: String, carriesMessages: Bool = false, opens: Bool = true, actors: String = "",
    set: (inout RunOptions) -> Void = { _ in }, node: @escaping @Sendable (NodeOptions) -> any Node
) throws -> CaseResult {
    var definition = Definition.toy().inEnvelopes(carriesMessages: carriesMessages)
    definition.reference.node = node
    return try playLayers(steps, definition, opens: opens, actors: actors, set: set)
}
/// Runs a case like `playInEnvelopes`, with the node of the definition.
func playLayers(
    _ steps: String, _ definition: Definition, opens: Bool = true, actors: String = "",
    set: (inout RunOptions) -> Void = { _ in }
) throws -> CaseResult {
    let (scenario, diagnostics) = loadToy(steps, opens: opens, actors: actors, definition)
    guard let scenario else { throw LoadProblem(text: "\(diagnostics.map(\.line))") }
    var options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
    set(&options)
    var results: [CaseResult] = []
    Runner(definition, toyRequirements, options).simulate(Schedule(scenario.cases)) { results.append($0) }
    guard let first = results.first else { throw LoadProblem(text: "no case") }
    return first
}
/// The error that the scenario of a test does not load.
struct LoadProblem: Error { var text: String }
