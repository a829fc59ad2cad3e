import Wire

/// The ends of a connection's layers that take part for one side, from one layer upwards. It does no I/O and reads no
/// clock: bytes and the time go in, what is to be sent down comes out in a `LayerTurn`, what the layers carry in
/// `LayerContent`.
public struct LayerEnds: Sendable {
    /// What all ends of a connection have in common.
    public struct Plan: Sendable {
        /// The layers of the protocol.
        public var stack: LayerStack
        /// The highest layer that takes part; nil: all of them.
        public var top: String?
        /// The other end of the connection.
        public var peer: Endpoint
        /// What whoever opens it wants there, such as the path and query of a URL.
        public var target: String
        /// Profile and parameters.
        public var settings: Settings
        /// Keys come from here.
        public var random: Random
        /// Where the ends tell the secrets of the connection; nil: nobody wants them.
        public var secrets: Secrets?

        /// All layers of the stack, towards this peer.
        public init(
            _ stack: LayerStack, top: String? = nil, peer: Endpoint, target: String = "", _ settings: Settings,
            _ random: Random
        ) {
            (self.stack, self.top, self.peer, self.target) = (stack, top, peer, target)
            (self.settings, self.random) = (settings, random)
        }
    }
    private let layer: LayerDefinition
    private let plan: Plan
    /// Who opened the stream below.
    private let opener: Opener
    private var end: any LayerEnd
    private var channels: [ChannelID: LayerEnds] = [:]
    /// Channels that the caller speaks on, with the name of what is spoken there.
    private var spoken: [ChannelID: String] = [:]
    /// A message of each such channel, of which not all is there.
    private var parts: [ChannelID: [UInt8]] = [:]
    /// What both sides speak instead of this layer from here on; one at most.
    private var successor: [LayerEnds] = []
    /// What the caller speaks on the stream below itself from here on.
    private var plain: String?

    /// The ends of a connection that `opener` opened; nil where the stack has no layer.
    public init?(_ plan: Plan, _ opener: Opener) {
        guard let bottom = plan.stack[plan.stack.bottom] else { return nil }
        self.init(bottom, plan, opener)
    }
    private init(_ layer: LayerDefinition, _ plan: Plan, _ opener: Opener) {
        (self.layer, self.plan, self.opener) = (layer, plan, opener)
        var random = plan.random
        let own = Random(seed: random.next())
        var options = LayerOptions(opener, plan.peer, target: plan.target, plan.settings, own)
        options.secrets = plan.secrets
        end = layer.end(options)
    }
    /// Channels of one layer at a time: what further ones carry is not read.
    public static let channelLimit = 4096
    /// Whether the caller may speak above all the layers that take part.
    public var isUp: Bool {
        !spoken.isEmpty || plain != nil || successor.contains(where: \.isUp) || channels.values.contains(where: \.isUp)
    }
    /// Whether the caller may speak in a channel, which is named by the channels that lead to it, one for each layer.
    public func isUp(in path: ArraySlice<ChannelID>) -> Bool {
        if let successor = successor.first { return successor.isUp(in: path) }
        guard let first = path.first else { return isUp }
        return spoken[first] != nil && path.count == 1 || channels[first]?.isUp(in: path.dropFirst()) ?? false
    }
    /// When `wake` is wanted next; read after every call.
    public var deadline: Instant? {
        var least = end.deadline
        if successor.isEmpty, channels.isEmpty { return least }
        for ends in successor { least = Instant.earlier(least, ends.deadline) }
        for ends in channels.values { least = Instant.earlier(least, ends.deadline) }
        return least
    }
    /// The stream below stands.
    public mutating func begin(_ now: Instant, _ turn: inout LayerTurn) { end.begin(now: now, &turn) }
    /// The next bytes of the stream below, cut anywhere. What they carry for the caller is appended to `content`.
    public mutating func receive(
        _ bytes: RawSpan, _ now: Instant, _ content: inout [LayerContent], _ turn: inout LayerTurn
    ) {
        var at = 0
        var up = LayerOutput()
        while at < bytes.byteCount {
            let rest = bytes.extracting(at...)
            if !successor.isEmpty { return successor[0].receive(rest, now, &content, &turn) }
            if let plain {
                return content.append(.bytes(plain, rest.withUnsafeBytes { [UInt8]($0) }))
            }
            up.clear()
            at += max(1, end.receive(rest, now: now, &up, &turn))
            if let message = message(of: up, in: rest) {
                content.append(message)
            } else {
                for item in up.items { carry(item, up, rest, now, &content, &turn) }
            }
        }
    }
    /// What most units of a layer with messages carry: one of them, in one piece.
    private func message(of up: LayerOutput, in unit: RawSpan) -> LayerContent? {
        guard layer.carriesMessages, parts.isEmpty, up.items.count == 2,
            case .whole(let channel, let kind) = up.items[1], let name = spoken[channel]
        else { return nil }
        switch up.items[0] {
        case .made(channel, _, _), .lent(channel, _):
            return .message(name, up.withBytes(of: up.items[0], in: unit) { [UInt8]($0) }, kind: kind)
        default: return nil
        }
    }
    private mutating func carry(
        _ item: LayerOutput.Item, _ up: LayerOutput, _ unit: RawSpan, _ now: Instant, _ content: inout [LayerContent],
        _ turn: inout LayerTurn, wanted: String? = nil
    ) {
        switch item {
        case .begins(let channel, let side, let speaks):
            guard let speaks, let name = plan.stack.resolve(speaks),
                spoken.count + channels.count < Self.channelLimit
            else { return }
            guard layer.name != plan.top, let next = plan.stack[name] else {
                spoken[channel] = name
                return content.append(.begins(name, speaks: speaks))
            }
            // `side` is `us` for who opened the stream below, which may be the other one.
            var above = plan
            above.target = wanted ?? plan.target
            channels[channel] = LayerEnds(next, above, opener == .us ? side : side.opposite)
            pass(channel, now, &turn) { $0.begin(now, &$1) }
        case .lent(let channel, _), .made(let channel, _, _):
            guard let name = spoken[channel] else {
                return pass(channel, now, &turn) { above, turn in
                    up.withBytes(of: item, in: unit) { above.receive($0, now, &content, &turn) }
                }
            }
            let bytes = up.withBytes(of: item, in: unit) { $0.withUnsafeBytes { [UInt8]($0) } }
            if layer.carriesMessages {
                parts[channel, default: []] += bytes
            } else {
                content.append(.bytes(name, bytes))
            }
        case .whole(let channel, let kind):
            guard let name = spoken[channel] else { return }
            content.append(.message(name, parts.removeValue(forKey: channel) ?? [], kind: kind))
        case .drops(let channel, _): parts[channel] = nil
        case .ends(let channel, _):
            if let name = spoken.removeValue(forKey: channel) {
                parts[channel] = nil
                content.append(.ends(name))
            }
            if var above = channels.removeValue(forKey: channel) {
                var none = LayerTurn()
                above.end.closed(now: now, &none)
            }
        case .becomes(let speaks):
            guard let name = plan.stack.resolve(speaks) else { return }
            guard layer.name != plan.top, let next = plan.stack[name] else {
                plain = name
                return content.append(.begins(name, speaks: speaks))
            }
            successor = [LayerEnds(next, plan, opener)]
            successor[0].begin(now, &turn)
        }
    }
    /// Sends down what the ends in a channel want sent.
    private mutating func pass(
        _ channel: ChannelID, _ now: Instant, _ turn: inout LayerTurn,
        _ body: (inout LayerEnds, inout LayerTurn) -> Void
    ) {
        guard var above = channels.removeValue(forKey: channel) else { return }
        var own = LayerTurn()
        body(&above, &own)
        channels[channel] = above
        turn.events += own.events
        if !own.down.isEmpty { end.send(own.down.span.bytes, kind: 0, on: channel, now: now, &turn) }
    }
    /// Wraps bytes of `name`, a protocol or a layer that the caller speaks by itself: a message where the layer below has
    /// messages. False: nothing of that name is spoken. `path`: in this channel, as of `isUp`; empty: in the first one.
    public mutating func send(
        _ bytes: [UInt8], kind: UInt8, into name: String, in path: ArraySlice<ChannelID> = [], _ now: Instant,
        _ turn: inout LayerTurn
    ) -> Bool {
        if let first = path.first, successor.isEmpty {
            guard path.count == 1, spoken[first] == name || channels[first]?.layer.name == name else {
                return sendInside(first, now, &turn) {
                    $0.send(bytes, kind: kind, into: name, in: path.dropFirst(), now, &$1)
                }
            }
            end.send(bytes.span.bytes, kind: kind, on: first, now: now, &turn)
            return true
        }
        if name == plain {
            turn.down += bytes
            return true
        }
        let isFirst = spoken[.first] == name
        let own = isFirst ? .first : spoken.lazy.filter { $0.value == name }.map(\.key).min()
        if let channel = own ?? channels.lazy.filter({ $0.value.layer.name == name }).map(\.key).min() {
            end.send(bytes.span.bytes, kind: kind, on: channel, now: now, &turn)
            return true
        }
        return sendHigher(now, &turn) { $0.send(bytes, kind: kind, into: name, in: path, now, &$1) }
    }
    /// Wraps bytes in the layer `name` and those below it. False: that layer carries nothing. `path` as before.
    public mutating func send(
        _ bytes: [UInt8], kind: UInt8, above name: String, in path: ArraySlice<ChannelID> = [], _ now: Instant,
        _ turn: inout LayerTurn
    ) -> Bool {
        if let first = path.first, successor.isEmpty, path.count > 1 || layer.name != name {
            return sendInside(first, now, &turn) {
                $0.send(bytes, kind: kind, above: name, in: path.dropFirst(), now, &$1)
            }
        }
        let first = path.first ?? (Array(spoken.keys) + Array(channels.keys)).min()
        if layer.name == name, successor.isEmpty, let channel = first {
            end.send(bytes.span.bytes, kind: kind, on: channel, now: now, &turn)
            return true
        }
        return sendHigher(now, &turn) { $0.send(bytes, kind: kind, above: name, in: path, now, &$1) }
    }
    private mutating func sendHigher(
        _ now: Instant, _ turn: inout LayerTurn, _ body: (inout LayerEnds, inout LayerTurn) -> Bool
    ) -> Bool {
        if !successor.isEmpty { return body(&successor[0], &turn) }
        return channels.keys.sorted().contains { sendInside($0, now, &turn, body) }
    }
    private mutating func sendInside(
        _ channel: ChannelID, _ now: Instant, _ turn: inout LayerTurn,
        _ body: (inout LayerEnds, inout LayerTurn) -> Bool
    ) -> Bool {
        var isDone = false
        pass(channel, now, &turn) { isDone = body(&$0, &$1) }
        return isDone
    }
    /// Opens a channel that is to carry this, as `LayerStack.resolve` takes it, in the lowest layer that opens channels
    /// behind `path`, a channel as of `isUp`. Gives its path; nil: no layer there does.
    public mutating func open(
        _ wanted: String, in path: ArraySlice<ChannelID>, _ now: Instant, _ turn: inout LayerTurn
    ) -> [ChannelID]? {
        if !successor.isEmpty { return successor[0].open(wanted, in: path, now, &turn) }
        if path.isEmpty, spoken.count + channels.count < Self.channelLimit {
            var up = LayerOutput()
            if let channel = end.open(wanted, now: now, &up, &turn) {
                var content: [LayerContent] = []
                for item in up.items { carry(item, up, RawSpan(), now, &content, &turn, wanted: wanted) }
                return [channel]
            }
        }
        for channel in path.first.map({ [$0] }) ?? channels.keys.sorted() {
            var inner: [ChannelID]?
            pass(channel, now, &turn) { inner = $0.open(wanted, in: path.dropFirst(), now, &$1) }
            if let inner { return [channel] + inner }
        }
        return nil
    }
    /// Ends a channel for this side, as of `isUp`. False: its layer ends none by itself.
    public mutating func close(
        _ path: ArraySlice<ChannelID>, isReset: Bool, _ now: Instant, _ turn: inout LayerTurn
    ) -> Bool {
        if !successor.isEmpty { return successor[0].close(path, isReset: isReset, now, &turn) }
        guard let first = path.first else { return false }
        if path.count == 1 { return end.close(first, isReset: isReset, now: now, &turn) }
        return sendInside(first, now, &turn) { $0.close(path.dropFirst(), isReset: isReset, now, &$1) }
    }
    /// Says goodbye in the layers' own words; `turn.isOver` once the stream below is to be closed.
    public mutating func close(_ now: Instant, _ turn: inout LayerTurn, with status: CloseStatus? = nil) {
        if !successor.isEmpty { return successor[0].close(now, &turn, with: status) }
        // What took the place of the layer has no words.
        if plain != nil { return turn.isOver = true }
        for channel in channels.keys.sorted() { pass(channel, now, &turn) { $0.close(now, &$1, with: status) } }
        end.close(with: status, now: now, &turn)
    }
    /// The stream below ended.
    public mutating func closed(_ now: Instant, _ turn: inout LayerTurn) {
        for channel in channels.keys.sorted() { pass(channel, now, &turn) { $0.closed(now, &$1) } }
        if !successor.isEmpty { successor[0].closed(now, &turn) }
        end.closed(now: now, &turn)
        // Nothing goes down any more.
        turn.down = []
    }
    /// A deadline may have come.
    public mutating func wake(_ now: Instant, _ turn: inout LayerTurn) {
        if let due = end.deadline, due <= now { end.wake(now: now, &turn) }
        if !successor.isEmpty { successor[0].wake(now, &turn) }
        for channel in channels.keys.sorted() { pass(channel, now, &turn) { $0.wake(now, &$1) } }
    }
}

/// What the layers of a connection carry, for whoever speaks above them. Each says the name of what is spoken: the
/// protocol, or a layer that takes no part.
public enum LayerContent: Sendable, Equatable {
    /// It may be spoken from here on; `speaks`: what was negotiated, as `LayerStack.resolve` took it.
    case begins(String, speaks: String)
    /// The next bytes of a stream, cut anywhere.
    case bytes(String, [UInt8])
    /// A whole message, which may be empty; `kind`: as of `LayerOutput.Item.whole`.
    case message(String, [UInt8], kind: UInt8)
    /// It is spoken no more.
    case ends(String)
}
