internal import Node
internal import Wire

/// A stream of a link, both directions: a layer with what it carries, or messages of the protocol. It only looks on, at
/// what came and at what was sent. Where a message may take several datagrams, those are the layer that carries it.
final class LinkStream {
    /// A message of a level, or bytes of it that are none.
    struct Found {
        /// As of `Definition.level`.
        var level: Int
        /// Who sent it, `us` being who opened the connection.
        var sender: Opener
        /// Nil: the sender ends the channel.
        var piece: Deframer.Piece?
        /// Bytes of the connection itself, rather than what a layer carries.
        var isOnWire: Bool
        /// All of the bytes of the unit before it, and that as something else.
        var isUnit = false
        /// Where it is; nil: in no channel.
        var channel: LayerChannel?
    }
    /// The channels of the connection.
    let all: LayerChannels
    /// The innermost one that it is in.
    private let channel: LayerChannel?
    /// Nobody knows what is spoken here.
    private var isUnknown = false
    private let definition: Definition
    private let settings: Settings
    private let secrets: Secrets?
    private let level: Int
    private let isBottom: Bool
    /// Each call brings a datagram.
    let isDatagrams: Bool
    /// The other side of the connection opened it.
    private let isSwapped: Bool
    /// Nil: messages of the protocol.
    private let reader: LayerReader?
    private var opener: Deframer
    private var acceptor: Deframer
    /// A message of each side that a layer below gives in parts.
    private var parts: [Opener: [UInt8]] = [:]
    private var channels: [ChannelID: LinkStream] = [:]
    /// What both sides speak instead from here on.
    private var successor: LinkStream?

    /// The lowest layer below a protocol; nil where that stands on the transport itself, or is the layer itself.
    private static func lowest(_ definition: Definition, _ settings: Settings, _ secrets: Secrets?) -> LayerReader? {
        if let rules = definition.datagrams { return LayerReader(rules, settings) }
        guard let stack = definition.layers, stack.bottom != definition.name else { return nil }
        return stack[stack.bottom].map { LayerReader($0, settings, secrets) }
    }
    /// The stream of a connection; nil where the protocol stands on the transport itself.
    static func bottom(_ definition: Definition, _ settings: Settings, _ secrets: Secrets?) -> LinkStream? {
        lowest(definition, settings, secrets).map {
            LinkStream($0, definition, settings, secrets, isSwapped: false, isBottom: true, nil, LayerChannels())
        }
    }
    /// What cuts the bytes that one side of a connection sends.
    static func framing(_ definition: Definition, _ settings: Settings, from sender: Opener) -> any Framing {
        lowest(definition, settings, nil)?.framing(sender) ?? definition.framing(settings)
    }
    private init(
        _ reader: LayerReader?, _ definition: Definition, _ settings: Settings, _ secrets: Secrets?,
        isSwapped: Bool, isBottom: Bool, _ channel: LayerChannel?, _ all: LayerChannels
    ) {
        (self.reader, self.definition, self.settings, self.secrets) = (reader, definition, settings, secrets)
        (self.isSwapped, self.isBottom, self.channel, self.all) = (isSwapped, isBottom, channel, all)
        isDatagrams = isBottom && definition.datagrams != nil
        let index = definition.layers?.layers.firstIndex { $0.name == reader?.name } ?? 0
        // Layers with the same messages, such as multistream at several places, are one level.
        let message = definition.layers.flatMap { $0.layers.isEmpty ? nil : $0.layers[index].messages.first }
        let shared = message.map { definition.level(of: $0.name.description) } ?? 0
        level = reader == nil ? 0 : shared > 0 ? shared : index + 1
        opener = Deframer(reader?.framing(.us) ?? definition.framing(settings))
        acceptor = Deframer(reader?.framing(.them) ?? definition.framing(settings))
    }
    /// One side's bytes, as the stream's opener is `us`.
    private func withSide<R>(_ side: Opener, _ body: (inout Deframer) -> R) -> R {
        side == .us ? body(&opener) : body(&acceptor)
    }
    /// What cuts one side of the connection.
    func deframer(_ sender: Opener) -> Deframer { successor?.deframer(sender) ?? withSide(sender) { $0 } }
    /// Whether the end now would be in the middle of a message.
    func isInside(_ sender: Opener) -> Bool {
        withSide(sender) { $0.isInside } || successor?.isInside(sender) ?? false
    }
    /// Messages of which parts are missing, a few words about each.
    var unfinished: [String] { reader?.unfinished ?? [] }
    /// The next bytes of one side of the connection, or a datagram, at this time.
    func receive(_ bytes: [UInt8], from sender: Opener, at time: Instant, _ found: inout [Found]) {
        guard isDatagrams else { return receive(bytes, from: sender, &found) }
        reader?.pass(to: time)
        let piece = withSide(sender) { $0.message(bytes) }
        found.append(Found(level: level, sender: sender, piece: piece, isOnWire: true))
        if piece.type != nil, let reader { return carry(bytes, sender, reader, &found) }
        // What is none stands in the way of messages too.
        found.append(Found(level: 0, sender: sender, piece: piece, isOnWire: true, isUnit: true))
    }
    private func receive(_ bytes: [UInt8], from sender: Opener, _ found: inout [Found]) {
        if let successor { return successor.receive(bytes, from: sender, &found) }
        var side = sender == .us ? isSwapped ? Opener.them : .us : isSwapped ? .us : .them
        withSide(side) { $0.add(bytes) }
        cut(side, &found)
        // What waited for this side goes on, and what waited for that.
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
            found.append(Found(level: level, sender: sender, piece: piece, isOnWire: isBottom, channel: channel))
            if piece.type != nil, let reader { carry(piece.bytes, side, reader, &found) }
        }
        guard let successor else { return }
        for side in [side, side.opposite] {
            let rest = withSide(side) { $0.takeRest() }
            if !rest.isEmpty { successor.receive(rest, from: connectionSender(side), &found) }
        }
    }
    /// Hands on what a unit carries.
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
                        level: 0, sender: sender, piece: piece, isOnWire: isBottom, isUnit: true,
                        channel: channels[channel]?.channel))
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
            let bytes = LinkStream(nil, definition, settings, secrets, isSwapped: isSwapped, isBottom: false, own, all)
            bytes.isUnknown = true
            bytes.opener.isBroken = true
            bytes.acceptor.isBroken = true
            channels[id] = bytes
        }
    }
    private func end(_ id: ChannelID, _ sender: Opener, _ found: inout [Found]) {
        guard let own = channels[id]?.channel, own.ended.insert(sender).inserted else { return }
        found.append(Found(level: level, sender: sender, isOnWire: false, channel: own))
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
        if let type = definition.datagrams?.message(bytes.span.bytes) {
            // Framing is of single datagrams.
            piece.type = type
        } else if !isUnknown {
            piece = withSide(isSwapped ? sender.opposite : sender) { $0.message(bytes, kind: kind) }
        }
        found.append(
            Found(level: level, sender: sender, piece: piece, isOnWire: isBottom, isUnit: isUnit, channel: channel))
    }
    /// A stream of what was negotiated; nil where nobody knows it.
    private func stream(
        _ speaks: String, isSwapped: Bool, isBottom: Bool, _ channel: LayerChannel?
    ) -> LinkStream? {
        guard let name = definition.layers.map({ $0.resolve(speaks) }) ?? speaks else { return nil }
        let layer = definition.layers?[name]
        guard layer != nil || name == definition.name else { return nil }
        return LinkStream(
            layer.map { LayerReader($0, settings, secrets) }, definition, settings, secrets, isSwapped: isSwapped,
            isBottom: isBottom, channel, all)
    }
}
