import Wire

/// The ends of a connection's layers for one side, from one layer upwards. It does no I/O and reads no clock: it takes
/// bytes and the time. It returns bytes to send down in a `LayerTurn`, and the carried content as `LayerContent`.
public struct LayerEnds: Sendable {
    /// The options that all ends of a connection share.
    public struct Plan: Sendable {
        /// The layers of the protocol.
        public var stack: LayerStack
        /// The highest layer that takes part; nil: all layers do.
        public var top: String?
        /// The other end of the connection.
        public var peer: Endpoint
        /// The resource that the opener asks for, such as the path and query of a URL.
        public var target: String
        /// The profile and parameters.
        public var settings: Settings
        /// The source of keys.
        public var random: Random
        /// The place where the ends record the secrets of the connection; nil: they are not recorded.
        public var secrets: Secrets?
        /// The private key, see `LayerOptions`.
        public var identity: [UInt8]?

        /// Creates a plan for all layers of the stack, with this peer.
        public init(
            _ stack: LayerStack, top: String? = nil, peer: Endpoint, target: String = "", _ settings: Settings,
            _ random: Random
        ) {
            (self.stack, self.top, self.peer, self.target) = (stack, top, peer, target)
            (self.settings, self.random) = (settings, random)
        }
    }
    let layer: LayerDefinition
    let plan: Plan
    /// The side that opened the stream below.
    let opener: Opener
    /// The channels that lead here, one for each layer.
    let base: [ChannelID]
    var end: any LayerEnd
    var channels: [ChannelID: LayerEnds] = [:]
    /// The channels that the caller uses.
    var spoken: [ChannelID: Spoken] = [:]
    /// The channels that one side has ended, with that side.
    var ended: [ChannelID: Opener] = [:]
    /// The incomplete message of each channel that the caller uses.
    private var parts: [ChannelID: [UInt8]] = [:]
    /// The ends that replace this layer for both sides from here on; at most one.
    var successor: [LayerEnds] = []
    /// The protocol that the caller itself uses on the stream below from here on.
    var plain: String?

    /// A channel that the caller uses.
    struct Spoken: Sendable {
        /// The protocol or layer used in the channel.
        var name: String
        /// The channels that lead to it, including itself as the last.
        var path: [ChannelID]
    }
    /// Creates the ends of a connection that `opener` opened; nil if the stack has no layer.
    public init?(_ plan: Plan, _ opener: Opener) {
        guard let bottom = plan.stack[plan.stack.bottom] else { return nil }
        self.init(bottom, plan: plan, opener: opener, base: [])
    }
    private init(_ layer: LayerDefinition, plan: Plan, opener: Opener, base: [ChannelID]) {
        (self.layer, self.plan, self.opener, self.base) = (layer, plan, opener, base)
        var random = plan.random
        let own = Random(seed: random.next())
        var options = LayerOptions(opener, peer: plan.peer, target: plan.target, settings: plan.settings, random: own)
        (options.secrets, options.identity) = (plan.secrets, plan.identity)
        end = layer.end(options)
    }
    /// The maximum number of channels of one layer at a time. The content of further channels is not read.
    public static let channelLimit = 4096
    /// True if the caller may send above all layers that take part, or open channels in the last of them.
    public var isUp: Bool {
        opensChannels || !spoken.isEmpty || plain != nil || successor.contains(where: \.isUp)
            || channels.values.contains(where: \.isUp)
    }
    /// The name of the lowest layer that is not up; nil if `isUp` is true.
    public var rising: String? {
        if isUp { return nil }
        let above = successor.first?.rising ?? channels.sorted { $0.key < $1.key }.lazy.compactMap(\.value.rising).first
        return above ?? layer.name
    }
    /// True if a layer is up in which the caller can open channels.
    public var opensChannels: Bool {
        if let successor = successor.first { return successor.opensChannels }
        return layer.opensChannels || channels.values.contains(where: \.opensChannels)
    }
    /// Returns true if the caller may send in a channel, which is named by the channels that lead to it, one for each
    /// layer.
    public func isUp(in path: ArraySlice<ChannelID>) -> Bool {
        if let successor = successor.first { return successor.isUp(in: path) }
        guard let first = path.first else { return isUp }
        return spoken[first] != nil && path.count == 1
            || channels[first]?.isUp(in: path.dropFirst()) ?? false
    }
    /// The next time at which the layers need `wake`; read after every call.
    public var deadline: Instant? {
        var least = end.deadline
        if successor.isEmpty, channels.isEmpty { return least }
        for ends in successor { least = Instant.earlier(least, ends.deadline) }
        for ends in channels.values { least = Instant.earlier(least, ends.deadline) }
        return least
    }
    /// Handles that the stream below is up.
    public mutating func begin(_ now: Instant, _ turn: inout LayerTurn) { end.begin(now: now, &turn) }
    /// Handles the next bytes of the stream below, cut at any place. The content for the caller is appended to
    /// `content`.
    public mutating func receive(
        _ bytes: RawSpan, at now: Instant, into content: inout [LayerContent], in turn: inout LayerTurn
    ) {
        var at = 0
        var up = LayerOutput()
        while at < bytes.byteCount {
            let rest = bytes.extracting(at...)
            if !successor.isEmpty { return successor[0].receive(rest, at: now, into: &content, in: &turn) }
            if let plain {
                return content.append(.bytes(plain, rest.withUnsafeBytes { [UInt8]($0) }, in: base))
            }
            up.clear()
            at += max(1, end.receive(rest, now: now, &up, &turn))
            if let message = message(of: up, in: rest) {
                content.append(message)
            } else {
                for item in up.items { carry(item, of: up, rest, at: now, into: &content, in: &turn) }
            }
        }
    }
    /// Returns the content of most messages of a layer with messages: one message, in one piece.
    private func message(of up: LayerOutput, in unit: RawSpan) -> LayerContent? {
        guard layer.carriesMessages, parts.isEmpty, up.items.count == 2,
            case .whole(let channel, let kind) = up.items[1], let to = spoken[channel]
        else { return nil }
        switch up.items[0] {
        case .made(channel, _, _), .lent(channel, _):
            return .message(to.name, up.withBytes(of: up.items[0], in: unit) { [UInt8]($0) }, kind: kind, in: to.path)
        default: return nil
        }
    }
    mutating func carry(
        _ item: LayerOutput.Item, of up: LayerOutput, _ unit: RawSpan, at now: Instant,
        into content: inout [LayerContent],
        in turn: inout LayerTurn, wanted: String? = nil
    ) {
        switch item {
        case .begins(let channel, let side, let speaks):
            guard let speaks, let name = plan.stack.resolve(speaks),
                spoken.count + channels.count < Self.channelLimit
            else { return }
            let path = base + [channel]
            // `side` is `us` for the side that opened the stream below, which may be the other side.
            let who = opener == .us ? side : side.opposite
            ended[channel] = nil
            guard layer.name != plan.top, let next = plan.stack[name] else {
                spoken[channel] = Spoken(name: name, path: path)
                return content.append(.begins(name, speaks: speaks, in: path, by: who))
            }
            var above = plan
            above.target = wanted ?? plan.target
            channels[channel] = LayerEnds(next, plan: above, opener: who, base: path)
            pass(channel, at: now, in: &turn) { $0.begin(now, &$1) }
        case .lent(let channel, _), .made(let channel, _, _):
            guard let to = spoken[channel] else {
                return pass(channel, at: now, in: &turn) { above, turn in
                    up.withBytes(of: item, in: unit) { above.receive($0, at: now, into: &content, in: &turn) }
                }
            }
            let bytes = up.withBytes(of: item, in: unit) { $0.withUnsafeBytes { [UInt8]($0) } }
            if layer.carriesMessages {
                parts[channel, default: []] += bytes
            } else {
                content.append(.bytes(to.name, bytes, in: to.path))
            }
        case .whole(let channel, let kind):
            guard let to = spoken[channel] else { return }
            content.append(.message(to.name, parts.removeValue(forKey: channel) ?? [], kind: kind, in: to.path))
        case .drops(let channel, _), .misses(let channel): parts[channel] = nil
        case .ends(let channel, let side, _):
            finish(channel, by: opener == .us ? side : side.opposite, at: now, into: &content, in: &turn)
        case .becomes(let speaks):
            guard let name = plan.stack.resolve(speaks) else { return }
            guard layer.name != plan.top, let next = plan.stack[name] else {
                plain = name
                return content.append(.begins(name, speaks: speaks, in: base, by: opener))
            }
            successor = [LayerEnds(next, plan: plan, opener: opener, base: base)]
            successor[0].begin(now, &turn)
        }
    }
    /// Ends a channel for a side. If the layer's channels are streams, the other direction stays open.
    private mutating func finish(
        _ channel: ChannelID, by side: Opener, at now: Instant, into content: inout [LayerContent],
        in turn: inout LayerTurn
    ) {
        let isOver = !layer.opensChannels || ended[channel] == side.opposite
        if !isOver, ended.updateValue(side, forKey: channel) == side { return }
        if let to = spoken[channel] {
            content.append(.ends(to.name, in: to.path, by: side, isOver: isOver))
        } else {
            var isDone = true
            pass(channel, at: now, in: &turn, isClosing: isOver) {
                isDone = $0.finish(by: side, isOver: isOver, now, &content, &$1)
            }
            if isOver, !isDone { turn.ended.append(base + [channel]) }
        }
        if isOver { drop(channel) }
    }
    /// Ends the stream below for a side. Returns false if no protocol was used on it yet.
    private mutating func finish(
        by side: Opener, isOver: Bool, _ now: Instant, _ content: inout [LayerContent], _ turn: inout LayerTurn
    ) -> Bool {
        if !successor.isEmpty { return successor[0].finish(by: side, isOver: isOver, now, &content, &turn) }
        if let plain {
            content.append(.ends(plain, in: base, by: side, isOver: isOver))
            return true
        }
        if !isOver, end.outlivesTheirEnd { return true }
        // A layer that receives nothing more has nothing to send either.
        closed(now, &turn)
        turn.isOver = true
        return false
    }
    /// Forgets a channel.
    mutating func drop(_ channel: ChannelID) {
        (spoken[channel], channels[channel], parts[channel], ended[channel]) = (nil, nil, nil, nil)
    }
}
