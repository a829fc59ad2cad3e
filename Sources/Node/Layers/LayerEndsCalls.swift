import Wire

// The calls from above to the ends of a connection, and the timers.
extension LayerEnds {
    /// Calls the ends in a channel, and sends down the bytes that they want to send. If they are over, their channel is
    /// closed, or the stream below if this layer does not end single channels. With `isClosing`, nothing is closed.
    mutating func pass(
        _ channel: ChannelID, at now: Instant, in turn: inout LayerTurn, isClosing: Bool = false,
        _ body: (inout LayerEnds, inout LayerTurn) -> Void
    ) {
        guard var above = channels.removeValue(forKey: channel) else { return }
        var own = LayerTurn()
        body(&above, &own)
        channels[channel] = above
        turn.events += own.events
        turn.ended += own.ended
        if let status = own.status { turn.status = status }
        if let identity = own.identity { turn.identity = identity }
        if !own.down.isEmpty { end.send(own.down.span.bytes, kind: 0, on: channel, now: now, &turn) }
        guard own.isOver, !isClosing else { return }
        guard end.close(channel, isReset: own.isReset, now: now, &turn) else {
            return end.close(with: nil, now: now, &turn)
        }
        turn.ended.append(above.base)
        noteClose(channel, isReset: own.isReset)
    }
    /// The name of the layer in use here now; it may have replaced others.
    fileprivate var speaks: String { successor.first?.speaks ?? layer.name }
    /// Returns true if another layer replaced the layer `name` here.
    private func gaveWay(_ name: String) -> Bool {
        guard let next = successor.first else { return false }
        return layer.name == name || next.gaveWay(name)
    }
    /// Records that this side has ended a channel.
    fileprivate mutating func noteClose(_ channel: ChannelID, isReset: Bool) {
        guard layer.opensChannels else { return }
        if isReset || ended[channel] == .them { drop(channel) } else { ended[channel] = .us }
    }
    /// Wraps bytes of `name`, a protocol or a layer that the caller handles itself: one message if the layer below has
    /// messages. Returns false if `name` is not in use. `path` is the channel, as for `isUp`; empty: the first one.
    public mutating func send(
        _ bytes: [UInt8], kind: UInt8, into name: String, in path: ArraySlice<ChannelID> = [], _ now: Instant,
        _ turn: inout LayerTurn
    ) -> Bool {
        if let first = path.first, successor.isEmpty {
            guard path.count == 1, spoken[first]?.name == name || channels[first]?.speaks == name else {
                return sendInside(first, at: now, in: &turn) {
                    $0.send(bytes, kind: kind, into: name, in: path.dropFirst(), now, &$1)
                }
            }
            end.send(bytes.span.bytes, kind: kind, on: first, now: now, &turn)
            return true
        }
        // There is no layer below a layer that replaced the lowest one.
        if name == plain || base.isEmpty && !successor.isEmpty && speaks == name {
            turn.down += bytes
            return true
        }
        let isFirst = spoken[.first]?.name == name
        let own = isFirst ? .first : spoken.lazy.filter { $0.value.name == name }.map(\.key).min()
        if let channel = own ?? channels.lazy.filter({ $0.value.speaks == name }).map(\.key).min() {
            end.send(bytes.span.bytes, kind: kind, on: channel, now: now, &turn)
            return true
        }
        return sendHigher(now, &turn) { $0.send(bytes, kind: kind, into: name, in: path, now, &$1) }
    }
    /// Wraps bytes in the layer `name` and those below it. Returns false if that layer carries nothing. `path` is the
    /// channel, as for `isUp`; empty: the first one.
    public mutating func send(
        _ bytes: [UInt8], kind: UInt8, above name: String, in path: ArraySlice<ChannelID> = [], _ now: Instant,
        _ turn: inout LayerTurn
    ) -> Bool {
        if let first = path.first, successor.isEmpty, path.count > 1 || layer.name != name {
            return sendInside(first, at: now, in: &turn) {
                $0.send(bytes, kind: kind, above: name, in: path.dropFirst(), now, &$1)
            }
        }
        // A layer that was replaced carries the bytes on the stream below.
        if base.isEmpty, path.isEmpty, gaveWay(name) {
            turn.down += bytes
            return true
        }
        let first = path.first ?? (Array(spoken.keys) + Array(channels.keys)).min()
        if layer.name == name, successor.isEmpty, let channel = first {
            end.send(bytes.span.bytes, kind: kind, on: channel, now: now, &turn)
            return true
        }
        return sendHigher(now, &turn) { $0.send(bytes, kind: kind, above: name, in: path, now, &$1) }
    }
    fileprivate mutating func sendHigher(
        _ now: Instant, _ turn: inout LayerTurn, _ body: (inout LayerEnds, inout LayerTurn) -> Bool
    ) -> Bool {
        if !successor.isEmpty { return body(&successor[0], &turn) }
        return channels.keys.sorted().contains { sendInside($0, at: now, in: &turn, body) }
    }
    fileprivate mutating func sendInside(
        _ channel: ChannelID, at now: Instant, in turn: inout LayerTurn,
        _ body: (inout LayerEnds, inout LayerTurn) -> Bool
    ) -> Bool {
        var isDone = false
        pass(channel, at: now, in: &turn) { isDone = body(&$0, &$1) }
        return isDone
    }
    /// Opens a channel for `wanted`, in the form that `LayerStack.resolve` takes. It opens it in the lowest layer that
    /// opens channels after `path`, a channel as for `isUp`. Returns its path; nil if no layer there opens one.
    public mutating func open(
        _ wanted: String, in path: ArraySlice<ChannelID>, _ now: Instant, _ turn: inout LayerTurn
    ) -> [ChannelID]? {
        if !successor.isEmpty { return successor[0].open(wanted, in: path, now, &turn) }
        if path.isEmpty, spoken.count + channels.count < Self.channelLimit {
            var up = LayerOutput()
            if let channel = end.open(wanted, now: now, &up, &turn) {
                var content: [LayerContent] = []
                for item in up.items {
                    carry(item, of: up, RawSpan(), at: now, into: &content, in: &turn, wanted: wanted)
                }
                return [channel]
            }
        }
        for channel in path.first.map({ [$0] }) ?? channels.keys.sorted() {
            var inner: [ChannelID]?
            pass(channel, at: now, in: &turn) { inner = $0.open(wanted, in: path.dropFirst(), now, &$1) }
            if let inner { return [channel] + inner }
        }
        return nil
    }
    /// Ends a channel, named as for `isUp`, for this side. Returns false if its layer does not end single channels.
    public mutating func close(
        _ path: ArraySlice<ChannelID>, isReset: Bool, _ now: Instant, _ turn: inout LayerTurn
    ) -> Bool {
        if !successor.isEmpty { return successor[0].close(path, isReset: isReset, now, &turn) }
        guard let first = path.first else { return false }
        if path.count == 1 {
            guard end.close(first, isReset: isReset, now: now, &turn) else { return false }
            noteClose(first, isReset: isReset)
            return true
        }
        return sendInside(first, at: now, in: &turn) { $0.close(path.dropFirst(), isReset: isReset, now, &$1) }
    }
    /// Ends all layers, each in the way of its protocol. `turn.isOver` becomes true when the caller should close the
    /// stream below.
    public mutating func close(_ now: Instant, _ turn: inout LayerTurn, with status: CloseStatus? = nil) {
        if !successor.isEmpty { return successor[0].close(now, &turn, with: status) }
        // A protocol that replaced the layer has no closing message here.
        if plain != nil { return turn.isOver = true }
        for channel in channels.keys.sorted() {
            pass(channel, at: now, in: &turn, isClosing: true) { $0.close(now, &$1, with: status) }
        }
        end.close(with: status, now: now, &turn)
    }
    /// Handles the end of the stream below.
    public mutating func closed(_ now: Instant, _ turn: inout LayerTurn) {
        for channel in channels.keys.sorted() {
            pass(channel, at: now, in: &turn, isClosing: true) { $0.closed(now, &$1) }
        }
        if !successor.isEmpty { successor[0].closed(now, &turn) }
        end.closed(now: now, &turn)
        // No more bytes can be sent down.
        turn.down = []
    }
    /// Wakes the ends whose deadline has come.
    public mutating func wake(_ now: Instant, _ turn: inout LayerTurn) {
        if let due = end.deadline, due <= now { end.wake(now: now, &turn) }
        if !successor.isEmpty { successor[0].wake(now, &turn) }
        for channel in channels.keys.sorted() { pass(channel, at: now, in: &turn) { $0.wake(now, &$1) } }
    }
}
