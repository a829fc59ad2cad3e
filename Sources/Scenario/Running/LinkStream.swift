internal import Node
internal import Wire

/// A passive observer of one stream of a link in both directions. The stream is a layer with its channels, or messages
/// of the protocol. If a message can take several datagrams, the datagrams are the layer that carries it.
final class LinkStream {
    /// A message, or bytes that are not a message.
    struct Found {
        var queue: Queue
        /// The sender. `us` is the side that opened the connection.
        var sender: Opener
        /// The message or bytes; nil if the sender ends the channel.
        var piece: Deframer.Piece?
        /// True for bytes of the connection itself, false for bytes that a layer carries.
        var isOnWire: Bool
        /// True if it consists of all bytes of the preceding unit, read as another type.
        var isUnit = false
        /// The channel on which it arrived; nil if there was no channel.
        var channel: LayerChannel?
    }
    /// The channels of the connection.
    let all: LayerChannels
    /// The innermost channel that contains the stream.
    private let channel: LayerChannel?
    /// True if the protocol of the stream is unknown.
    private var isUnknown = false
    private let definition: Definition
    private let settings: Settings
    private let secrets: Secrets?
    private let queue: Queue
    private let isBottom: Bool
    /// True if each call brings a datagram.
    let isDatagrams: Bool
    /// True if the other side of the connection opened this stream.
    private let isSwapped: Bool
    /// The reader of the layer; nil if the stream carries messages of the protocol.
    private let reader: LayerReader?
    private var opener: Deframer
    private var acceptor: Deframer
    /// The part of a message of each side that a layer below has given so far.
    private var parts: [Opener: [UInt8]] = [:]
    private var channels: [ChannelID: LinkStream] = [:]
    /// The stream of the protocol that both sides switched to.
    private var successor: LinkStream?

    /// Returns the lowest layer below a protocol; nil if the protocol runs directly on the transport or is that layer
    /// itself.
    private static func lowest(_ definition: Definition, _ settings: Settings, _ secrets: Secrets?) -> LayerReader? {
        if let rules = definition.reading.datagrams { return LayerReader(rules, settings) }
        guard let stack = definition.reading.layers, stack.bottom != definition.name else { return nil }
        return stack[stack.bottom].map { LayerReader($0, settings, secrets) }
    }
    /// Returns the stream of a connection; nil if the protocol runs directly on the transport.
    static func bottom(_ definition: Definition, _ settings: Settings, _ secrets: Secrets?) -> LinkStream? {
        lowest(definition, settings, secrets).map {
            LinkStream(
                $0, of: definition, settings: settings, secrets: secrets, isSwapped: false, isBottom: true, in: nil,
                among: LayerChannels())
        }
    }
    /// Returns the framing for the bytes that one side of a connection sends.
    static func framing(_ definition: Definition, _ settings: Settings, from sender: Opener) -> any Framing {
        lowest(definition, settings, nil)?.framing(sender) ?? definition.reading.framing(settings)
    }
    private init(
        _ reader: LayerReader?, of definition: Definition, settings: Settings, secrets: Secrets?, isSwapped: Bool,
        isBottom: Bool, in channel: LayerChannel?, among all: LayerChannels
    ) {
        (self.reader, self.definition, self.settings, self.secrets) = (reader, definition, settings, secrets)
        (self.isSwapped, self.isBottom, self.channel, self.all) = (isSwapped, isBottom, channel, all)
        isDatagrams = isBottom && definition.reading.datagrams != nil
        let index = definition.reading.layers?.layers.firstIndex { $0.name == reader?.name } ?? 0
        // Layers with the same messages, such as multistream at several places, share a queue.
        let message = definition.reading.layers.flatMap { $0.layers.isEmpty ? nil : $0.layers[index].messages.first }
        let shared = message.map { definition.queue(of: $0.name.description) } ?? .own
        let lowest = definition.reading.datagrams == nil ? Queue.layer(index) : .part
        queue = reader == nil ? .own : shared != .own ? shared : lowest
        opener = Deframer(reader?.framing(.us) ?? definition.reading.framing(settings))
        acceptor = Deframer(reader?.framing(.them) ?? definition.reading.framing(settings))
    }
    /// Passes the deframer of one side to `body`. `us` is the side that opened the stream.
    private func withSide<R>(_ side: Opener, _ body: (inout Deframer) -> R) -> R {
        side == .us ? body(&opener) : body(&acceptor)
    }
    /// Returns the deframer for one side of the connection.
    func deframer(_ sender: Opener) -> Deframer { successor?.deframer(sender) ?? withSide(sender) { $0 } }
    /// Returns whether the stream would end in the middle of a message now.
    func isInside(_ sender: Opener) -> Bool {
        withSide(sender) { $0.isInside } || successor?.isInside(sender) ?? false
    }
    /// A short description of each message of which parts are missing.
    var unfinished: [String] { reader?.unfinished ?? [] }
    /// Takes the next bytes of one side of the connection, or a datagram, at this time.
    func receive(_ bytes: [UInt8], from sender: Opener, at time: Instant, _ found: inout [Found]) {
        guard isDatagrams else { return receive(bytes, from: sender, &found) }
        reader?.pass(to: time)
        let piece = withSide(sender) { $0.message(bytes) }
        found.append(Found(queue: queue, sender: sender, piece: piece, isOnWire: true))
        if piece.type != nil, let reader { return carry(bytes, sender, reader, &found) }
        // An unknown datagram counts as a message too, because steps that wait for messages must see it.
        found.append(Found(queue: .own, sender: sender, piece: piece, isOnWire: true, isUnit: true))
    }
    private func receive(_ bytes: [UInt8], from sender: Opener, _ found: inout [Found]) {
        if let successor { return successor.receive(bytes, from: sender, &found) }
        var side = sender == .us ? isSwapped ? Opener.them : .us : isSwapped ? .us : .them
        withSide(side) { $0.add(bytes) }
        cut(side, &found)
        // First the bytes that waited for this side are read, then in turn the bytes that waited for those.
        side = side.opposite
        while let reader, reader.endWait(side), successor == nil {
            withSide(side) { $0.askAgain() }
            cut(side, &found)
            side = side.opposite
        }
    }
    private func connectionSender(_ side: Opener) -> Opener { isSwapped ? side.opposite : side }
    private func cut(_ side: Opener, _ found: inout [Found]) {
        let sender = connectionSender(side)
        while successor == nil, let piece = withSide(side, { $0.next() }) {
            found.append(Found(queue: queue, sender: sender, piece: piece, isOnWire: isBottom, channel: channel))
            if piece.type != nil, let reader { carry(piece.bytes, side, reader, &found) }
        }
        guard let successor else { return }
        for side in [side, side.opposite] {
            let rest = withSide(side) { $0.takeRest() }
            if !rest.isEmpty { successor.receive(rest, from: connectionSender(side), &found) }
        }
    }
    /// Passes the content of a unit to the channels that it belongs to.
    private func carry(_ unit: [UInt8], _ side: Opener, _ reader: LayerReader, _ found: inout [Found]) {
        var output = LayerOutput()
        reader.exchange(&output)
        let sender = connectionSender(side)
        let own = found.count - 1
        var isUnit = false
        for item in output.items {
            switch item {
            case .begins(let channel, let by, let speaks): begin(channel, by, speaks)
            case .lent(let channel, _), .made(let channel, _, _):
                guard let above = channels[channel] else { continue }
                let bytes = output.withBytes(of: item, in: unit.span.bytes) { $0.withUnsafeBytes { [UInt8]($0) } }
                if case .lent(_, let range) = item { isUnit = range == unit.indices }
                if reader.carriesMessages, above.reader == nil {
                    above.parts[sender, default: []] += bytes
                } else {
                    above.receive(bytes, from: sender, &found)
                }
            case .whole(let channel, let kind): channels[channel]?.endMessage(sender, kind, isUnit: isUnit, &found)
            case .drops(let channel, let error):
                channels[channel]?.parts[sender] = nil
                guard let error else { continue }
                found[own].piece?.problem = error
                let piece = Deframer.Piece(bytes: unit, problem: error)
                found.append(
                    Found(
                        queue: .own, sender: sender, piece: piece, isOnWire: isBottom, isUnit: true,
                        channel: channels[channel]?.channel))
            case .misses(let channel): channels[channel]?.parts[sender] = nil
            case .ends(let channel, let by, _): end(channel, connectionSender(by), &found)
            case .becomes(let speaks):
                successor = stream(speaks, isSwapped: isSwapped, isBottom: isBottom, channel)
                channel?.speaks = speaks
            }
        }
    }
    private func begin(_ id: ChannelID, _ by: Opener, _ speaks: String?) {
        guard channels[id] == nil, let reader else { return }
        let own = LayerChannel(
            (channel?.path ?? []) + [id], by: connectionSender(by), of: reader.name, inside: channel, speaks)
        guard all.begin(own) else { return }
        let isSwapped = isSwapped != (by == .them)
        channels[id] = speaks.flatMap { stream($0, isSwapped: isSwapped, isBottom: false, own) }
        if channels[id] == nil {
            let bytes = LinkStream(
                nil, of: definition, settings: settings, secrets: secrets, isSwapped: isSwapped, isBottom: false,
                in: own, among: all)
            bytes.isUnknown = true
            bytes.opener.isBroken = true
            bytes.acceptor.isBroken = true
            channels[id] = bytes
        }
    }
    private func end(_ id: ChannelID, _ sender: Opener, _ found: inout [Found]) {
        guard let own = channels[id]?.channel, own.ended.insert(sender).inserted else { return }
        found.append(Found(queue: queue, sender: sender, isOnWire: false, channel: own))
        guard own.ended.count == 2, let over = channels.removeValue(forKey: id) else { return }
        all.end(1 + over.openChannels)
    }
    private var openChannels: Int {
        channels.values.reduce(successor?.openChannels ?? 0) { $0 + 1 + $1.openChannels }
    }
    private func endMessage(_ sender: Opener, _ kind: UInt8, isUnit: Bool, _ found: inout [Found]) {
        guard reader == nil else { return }
        let bytes = parts.removeValue(forKey: sender) ?? []
        var piece = Deframer.Piece(bytes: bytes)
        if let type = definition.reading.datagrams?.message(bytes.span.bytes) {
            // The framing applies to single datagrams only.
            piece.type = type
        } else if !isUnknown {
            piece = withSide(isSwapped ? sender.opposite : sender) { $0.message(bytes, kind: kind) }
        }
        found.append(
            Found(queue: queue, sender: sender, piece: piece, isOnWire: isBottom, isUnit: isUnit, channel: channel))
    }
    /// Returns a stream of the negotiated protocol; nil if the protocol is unknown.
    private func stream(
        _ speaks: String, isSwapped: Bool, isBottom: Bool, _ channel: LayerChannel?
    ) -> LinkStream? {
        guard let name = definition.reading.layers.map({ $0.resolve(speaks) }) ?? speaks else { return nil }
        let layer = definition.reading.layers?[name]
        guard layer != nil || name == definition.name else { return nil }
        return LinkStream(
            layer.map { LayerReader($0, settings, secrets) }, of: definition, settings: settings, secrets: secrets,
            isSwapped: isSwapped, isBottom: isBottom, in: channel, among: all)
    }
}
