public import Node
internal import Wire

// The data channels of a connection (RFC 8831), which DCEP opens (RFC 8832).
extension PeerConnection {
    /// The maximum number of bytes of a label with its subprotocol.
    static let maximumLabel = 1024

    /// Opens a channel. It is open when the event `opened` follows. Returns its number; nil if the connection has no
    /// stream for it, or if the label is too long.
    public mutating func open(
        _ label: String, subprotocol: String = "", _ delivery: Delivery = Delivery(), now: Instant
    ) -> Int? {
        guard !isEnded, channels.count < Int(TransportLimits.streams),
            label.utf8.count + subprotocol.utf8.count <= Self.maximumLabel
        else { return nil }
        let id = add(DataChannel(label: label, subprotocol: subprotocol, delivery: delivery))
        if isAssociated { openWaiting(now) }
        settle(now)
        return channels[id] == nil ? nil : id
    }
    /// Sends a message on an open channel.
    public mutating func send(
        _ message: [UInt8], isText: Bool, on channel: Int, now: Instant
    ) throws(ChannelError) {
        guard !isEnded, channels[channel]?.state == .open else { throw .notOpen }
        let most = remote?.maximumMessage ?? 0
        if most > 0, message.count > most { throw .tooLarge(bytes: message.count, limit: most) }
        guard unsent + message.count <= options.maximumUnsent else { throw .full(waiting: unsent) }
        // SCTP has no empty message: one byte replaces it.
        let isEmpty = message.isEmpty
        let payload: ChannelPayload =
            isText ? isEmpty ? .emptyText : .text : isEmpty ? .emptyBinary : .binary
        let bytes = isEmpty ? [0] : message
        if let one = channels[channel], one.queue.isEmpty, let stream = one.stream,
            send(bytes, payload, of: channel, on: stream, now)
        {
            return settle(now)
        }
        queue(payload, bytes, on: channel)
    }
    /// Closes a channel after its messages are sent. The event `closed` follows when both sides have closed it.
    public mutating func close(_ channel: Int, now: Instant) {
        guard let state = channels[channel]?.state, state != .closing else { return }
        if state == .waiting {
            channels[channel] = nil
            return events.append(.closed(channel: channel))
        }
        channels[channel]?.state = .closing
        settleQueues(now)
    }
    private mutating func settleQueues(_ now: Instant) {
        flush(now)
        settle(now)
    }
    private mutating func add(_ channel: DataChannel) -> Int {
        defer { channelCount += 1 }
        channels[channelCount] = channel
        return channelCount
    }
    private mutating func queue(_ payload: ChannelPayload, _ bytes: [UInt8], on channel: Int) {
        channels[channel]?.queue.append(payload, bytes)
        unsent += bytes.count
    }
    /// Asks the other side to open the channels that waited for the association.
    mutating func openWaiting(_ now: Instant) {
        for id in channels.keys.sorted() where channels[id]?.state == .waiting {
            // The client of DTLS uses the even numbers, the server the odd ones (RFC 8832, section 6).
            let own = stride(from: isClient ? 0 : 1, to: TransportLimits.streams, by: 2)
            guard let channel = channels[id], let stream = own.first(where: { streams[$0] == nil }) else {
                channels[id] = nil
                events.append(.closed(channel: id))
                continue
            }
            streams[stream] = id
            channels[id]?.stream = stream
            channels[id]?.state = .opening
            var request = DataChannelOpen(label: channel.label, subprotocol: channel.subprotocol)
            (request.channelType, request.reliability) = channel.delivery.request
            queue(.control, request.encoded(), on: id)
        }
    }
    /// Sends what waits, as far as the transport has room, and ends the streams of closing channels.
    mutating func flush(_ now: Instant) {
        for id in unsent > 0 || channels.values.contains(where: { $0.state == .closing }) ? channels.keys.sorted() : []
        {
            guard let stream = channels[id]?.stream else { continue }
            while let (payload, bytes) = channels[id]?.queue.first, send(bytes, payload, of: id, on: stream, now) {
                channels[id]?.queue.removeFirst()
                unsent -= bytes.count
            }
            guard channels[id]?.state == .closing, let channel = channels[id], channel.queue.isEmpty,
                !channel.isResetAsked
            else { continue }
            channels[id]?.isResetAsked = transport?.reset(stream: stream, now: now) ?? false
        }
    }
    /// Gives a message to the transport. Returns false if there is no room for it.
    private mutating func send(
        _ bytes: [UInt8], _ payload: ChannelPayload, of channel: Int, on stream: UInt16, _ now: Instant
    ) -> Bool {
        // A control message is ordered and reliable (RFC 8832, section 6).
        let delivery = payload == .control ? Delivery() : channels[channel]?.delivery ?? Delivery()
        switch transport?.send(bytes, stream: stream, payload: payload.rawValue, delivery: delivery, now: now) {
        case .sent: return true
        case .full, nil: return false
        case .refused:
            events.append(.ignored("a message of this side: the transport refuses it"))
            return true
        }
    }

    // MARK: - The other side

    mutating func received(_ bytes: [UInt8], _ payload: UInt32, on stream: UInt16, isEnd: Bool, _ now: Instant) {
        guard let payload = ChannelPayload(rawValue: payload) else {
            return events.append(.ignored("a message with the unknown payload identifier \(payload)"))
        }
        if payload == .control { return control(bytes, on: stream, now) }
        guard let id = streams[stream], let state = channels[id]?.state, let held = channels[id]?.part.count else {
            return events.append(.ignored("a message on stream \(stream), which has no channel"))
        }
        guard channels[id]?.hasEndedTheirs == false else {
            return events.append(.ignored("a message on stream \(stream) after its end"))
        }
        // SCTP delivers a large message in parts.
        var whole = bytes
        if !isEnd || held > 0 {
            guard partial + bytes.count <= options.maximumMessage else { return tooLarge() }
            channels[id]?.part += bytes
            partial += bytes.count
            guard isEnd else { return }
            whole = channels[id]?.part ?? []
            partial -= whole.count
            channels[id]?.part = []
        }
        guard whole.count <= options.maximumMessage else { return tooLarge() }
        // The message shows that the other side has opened the channel, even if its confirmation is still missing.
        if state == .opening { opened(id, by: .us) }
        let isText = payload == .text || payload == .emptyText
        if payload == .emptyText || payload == .emptyBinary { whole = [] }
        events.append(.message(channel: id, whole, isText: isText))
    }
    private mutating func tooLarge() {
        over("a message of the other side has more than \(options.maximumMessage) bytes")
    }
    private mutating func control(_ bytes: [UInt8], on stream: UInt16, _ now: Instant) {
        let type = DCEPType.message(bytes.span.bytes)
        if type is DataChannelAck.Type {
            if let id = streams[stream], channels[id]?.state == .opening { opened(id, by: .us) }
            return
        }
        var request = DataChannelOpen()
        guard type is DataChannelOpen.Type, request.read(borrowing: bytes.span.bytes), let delivery = Delivery(request)
        else { return events.append(.ignored("a message of DCEP on stream \(stream) that is malformed")) }
        guard streams[stream] == nil, stream < TransportLimits.streams else {
            return events.append(.ignored("a request to open stream \(stream), which is in use"))
        }
        let label = request.label.string(in: bytes.span.bytes)
        let subprotocol = request.subprotocol.string(in: bytes.span.bytes)
        let id = add(DataChannel(label: label, subprotocol: subprotocol, delivery: delivery, stream: stream))
        streams[stream] = id
        queue(.control, DataChannelAck().encoded(), on: id)
        opened(id, by: .them)
    }
    private mutating func opened(_ id: Int, by opener: Opener) {
        guard let channel = channels[id] else { return }
        channels[id]?.state = .open
        events.append(
            .opened(
                channel: id, label: channel.label, subprotocol: channel.subprotocol, channel.delivery, by: opener))
    }
    /// Handles the end of a stream in one direction. Each side ends its own direction (RFC 8831, section 6.7).
    mutating func reset(_ stream: UInt16, isOurs: Bool, _ now: Instant) {
        guard let id = streams[stream], let channel = channels[id] else { return }
        if isOurs {
            channels[id]?.hasEndedOurs = true
        } else {
            channels[id]?.hasEndedTheirs = true
            unsent -= channel.queue.byteCount
            partial -= channel.part.count
            channels[id]?.queue.removeAll()
            channels[id]?.part = []
            channels[id]?.state = .closing
        }
        guard let now = channels[id], now.hasEndedOurs, now.hasEndedTheirs else { return }
        (channels[id], streams[stream]) = (nil, nil)
        events.append(.closed(channel: id))
    }
}
