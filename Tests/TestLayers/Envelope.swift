public import Node
public import Wire

/// A unit of a made-up layer: a kind, a channel, a count, and the bytes.
public struct Envelope: Message {
    public static var name: StaticString { "envelope.unit" }
    public enum Kind: UInt8, Sendable { case open = 1, reversed, plain, end, close, become, ask, grant, many, keep }
    public var kind: UInt8 = 0
    public var channel: UInt8 = 0
    var count = Derived<UInt8>()
    public var body = Bytes()
    public init() {}
    public init(_ kind: Kind, _ channel: UInt8 = 0, _ body: [UInt8] = []) {
        (self.kind, self.channel, self.body) = (kind.rawValue, channel, Bytes(body))
    }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("kind", &kind)
        c.field("channel", &channel)
        c.derived("count", &count, UInt8(clamping: body.count))
        c.bytes("body", &body, count: count.count, by: "count")
    }
}

/// Returns the bytes of a unit.
// The function is not inlined, because the optimizer of Swift 6.3.1 then requests 32 GiB and ends.
@inline(never)
public func unit(_ kind: Envelope.Kind, _ channel: UInt8 = 0, _ body: [UInt8] = []) -> [UInt8] {
    Envelope(kind, channel, body).encoded()
}

/// A layer with channels. It reverses the bytes of some, and becomes another protocol on request. After `ask`, the
/// messages of a side wait for the `grant` of the other side. `many` opens a number of channels, from 1000 on. `keep`
/// stores bytes in the memory of the layer.
struct EnvelopeLayer: Layer {
    var isAsked = false
    /// The number of channels that `many` opened, at most 100,000.
    var opened: UInt64 = 0
    /// The bytes of `keep`.
    var kept: [UInt8] = []
    var memory: Int { kept.count }
    mutating func lose(_ side: Opener) { kept = [] }
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        if isAsked, side == .us { return .waits }
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        guard all.count >= 3 else { return .needMore(3 - all.count) }
        guard let kind = Envelope.Kind(rawValue: all[0]) else {
            return .refused(WireError(reason: .illegal, path: "kind", offset: 0, had: UInt64(all[0])))
        }
        let length = 3 + Int(all[2])
        guard all.count >= length else { return .needMore(length - all.count) }
        let channel = ChannelID(UInt64(all[1]))
        let text = String(decoding: all[3..<length], as: UTF8.self)
        switch kind {
        case .open: output.append(.begins(channel, by: side, speaks: text))
        case .reversed:
            let start = output.made.count
            output.made += all[3..<length].reversed()
            output.append(.made(channel, start..<output.made.count, unit: 3..<length))
        case .plain: output.append(.lent(channel, 3..<length))
        case .end: output.append(.whole(channel, kind: 0))
        case .close: output.append(.ends(channel, by: side))
        case .become: output.append(.becomes(text))
        case .ask: isAsked = true
        case .grant: isAsked = false
        case .many:
            let count = all[3..<length].reduce(0) { $0 << 8 | UInt64($1) }
            let allowed = min(count, 100_000 - opened)
            opened += allowed
            for i in 0..<allowed { output.append(.begins(ChannelID(1000 + i), by: side, speaks: "toy")) }
        case .keep: kept += all[3..<length]
        }
        return .unit(Envelope.self, length: length)
    }
    func mayResume(at bytes: RawSpan, from side: Opener) -> Bool { true }
    func resync(_ bytes: RawSpan) -> Int? {
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        return all.indices.dropFirst().first { Envelope.Kind(rawValue: all[$0]) != nil }
    }
}

/// The rules of the observer for the made-up layer.
enum EnvelopeRule: String, ObservedRule {
    case channel = "ENV-01: a unit of channel 99"
    var severity: Severity { .violation }
}

/// An observer that reports units of channel 99.
struct EnvelopeObserver: Observer {
    mutating func miss() {}
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into out: inout [Finding]
    ) {
        if (try? Envelope(copying: bytes))?.channel == 99 {
            out.append(Finding(.violation, of: EnvelopeRule.channel, path: "channel", "is 99"))
        }
    }
}

extension LayerStack {
    /// Returns the layer `envelope`, which can carry `name` and `envelope` itself. If `carriesMessages` is true, each
    /// message is carried as a whole.
    public static func envelope(of name: String = "toy", carriesMessages: Bool) -> LayerStack {
        LayerStack(
            bottom: "envelope",
            layers: [
                LayerDefinition(
                    name: "envelope", messages: [Envelope.self], carriesMessages: carriesMessages,
                    layer: { _, _ in EnvelopeLayer() }, observer: { _, _ in EnvelopeObserver() },
                    end: { EnvelopeEnd($0.opener, name, carriesMessages: carriesMessages) })
            ],
            resolve: { [name, "envelope"].contains($0) ? $0 : nil })
    }
}

extension Definition {
    /// Returns this protocol in envelopes. If `carriesMessages` is true, each message is carried as a whole.
    public func inEnvelopes(carriesMessages: Bool = false) -> Definition {
        var definition = self
        let stack = LayerStack.envelope(of: name, carriesMessages: carriesMessages)
        definition.reading.layers = stack
        definition.reference.node = { [node = reference.node, name] in
            LayeredNode(node($0), of: name, over: stack, $0.settings, $0.random)
        }
        return definition
    }
}
