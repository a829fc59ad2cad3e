import Node
import TLS
import Wire

/// A DTLS association of a capture with the data channels in it. It turns records into the messages of all layers.
struct FollowedAssociation: Sendable {
    var dtls: DTLSAssociation
    private var sctp = SCTPAssociation()
    /// The ufrag of the side `us`; nil if it is not known.
    var ufrag: String?
    /// The addresses of both sides in the last datagram.
    var ends: (us: Endpoint, them: Endpoint)
    var lastUsed = 0

    init(_ secrets: Secrets, from us: Endpoint, to them: Endpoint) {
        dtls = DTLSAssociation(secrets)
        ends = (us, them)
    }
    /// The number of bytes of incomplete messages.
    var memory: Int { dtls.memory + sctp.memory }

    /// A datagram with a record.
    struct Arrival {
        var number: Int
        var side: Opener
        /// The number of the record as a unit.
        var unit: Int
        /// The number of bytes of the record.
        var count: Int
    }

    /// Returns the message of a record itself.
    static func record(_ range: Range<Int>, of count: Int, unit: Int) -> ObservedMessage {
        var out = ObservedMessage(.datagram, DTLSRecord.self)
        out.range = range == 0..<count ? nil : range
        var place = LayerPlace(LayerName.dtls, of: LayerName.dtls, isCarrier: true)
        place.unit = unit
        out.place = place
        return out
    }
    /// Appends the messages in the content of a record. `units` is the number of the last unit of all associations.
    mutating func observe(
        _ content: DTLSAssociation.Content, _ bytes: [UInt8], _ arrival: Arrival, _ channels: [ChannelProtocol],
        units: inout Int, into out: inout [ObservedMessage]
    ) {
        let origin = LayerPlace.Origin(
            unit: arrival.unit, datagram: arrival.number, range: DTLSRecord.headerSize..<arrival.count)
        switch content {
        case .handshake(let messages):
            for message in messages {
                let type = DTLSAssociation.description(of: message.span.bytes)
                // The others are only of interest to those who look at layers.
                var place = LayerPlace(
                    "dtls/#1/handshake", of: LayerName.dtls, isCarrier: type == HandshakeMessage.self)
                place.origins = [origin]
                out.append(Self.message(type, message, place))
            }
        case .alert:
            var place = LayerPlace("dtls/#2/alert", of: LayerName.dtls)
            place.origins = [origin]
            out.append(Self.message(Alert.self, bytes, place))
        case .data: receive(bytes, arrival, origin, channels, units: &units, into: &out)
        case .changeCipherSpec, .repeated, .sealed, .unknown: break
        }
    }
    /// Ends the association, and appends the incomplete messages.
    mutating func finish(_ channels: [ChannelProtocol], into out: inout [ObservedMessage]) {
        var events: [SCTPAssociation.Event] = []
        sctp.finish("the capture ends", into: &events)
        for event in events { observe(event, from: .us, channels, into: &out) }
    }
    /// Gives up the incomplete messages for lack of room.
    mutating func giveUp(_ channels: [ChannelProtocol], into out: inout [ObservedMessage]) {
        var events: [SCTPAssociation.Event] = []
        sctp.giveUp(into: &events)
        for event in events { observe(event, from: .us, channels, into: &out) }
    }

    /// Receives the data of a record: a packet of SCTP.
    private mutating func receive(
        _ bytes: [UInt8], _ arrival: Arrival, _ origin: LayerPlace.Origin, _ channels: [ChannelProtocol],
        units: inout Int, into out: inout [ObservedMessage]
    ) {
        var place = LayerPlace("dtls/sctp", of: LayerName.sctp, isCarrier: true)
        place.origins = [origin]
        units += 1
        place.unit = units
        var packet = SCTPPacket()
        let span = bytes.span.bytes
        guard packet.read(borrowing: span) else {
            place.isCarrier = false
            return out.append(Self.message(SCTPPacket.self, bytes, place))
        }
        var observed = ObservedMessage(.rejoined, SCTPPacket.self)
        observed.bytes = bytes
        place.isCarrier = !packet.chunks.contains { $0.type.isTrouble }
        guard SCTPPacket.isIntact(span) else {
            place.isCarrier = false
            (observed.place, observed.isRemarkable) = (place, true)
            return out.append(observed)
        }
        var events: [SCTPAssociation.Event] = []
        observed.isRepeated = sctp.receive(
            packet, span, from: arrival.side, unit: units, datagram: arrival.number, into: &events)
        observed.place = place
        out.append(observed)
        for event in events { observe(event, from: arrival.side, channels, into: &out) }
    }
    private mutating func observe(
        _ event: SCTPAssociation.Event, from side: Opener, _ channels: [ChannelProtocol],
        into out: inout [ObservedMessage]
    ) {
        switch event {
        case .message(let message): out.append(observe(message, channels))
        case .incomplete(let message, let reason, let sender, let isGivenUp):
            var observed = ObservedMessage(isGivenUp ? .givenUp : .incomplete, nil)
            observed.bytes = message.bytes
            observed.place = place(of: message, protocolName(of: message, channels))
            let text = "\(message.bytes.count) bytes of a message in \(name(of: message.stream)): \(reason)"
            observed.findings = [Finding(isGivenUp ? .warning : .info, path: "", text)]
            turn(&observed, sender)
            out.append(observed)
        case .missing(let count, let first, let last, let sender):
            var observed = ObservedMessage(.missing, nil)
            observed.place = LayerPlace("dtls/sctp", of: LayerName.sctp)
            let chunks = count == 1 ? "1 chunk of data" : "\(count) chunks of data"
            let text = "\(chunks) that the receiver acknowledged are missing from the capture (TSN \(first) to \(last))"
            observed.findings = [Finding(.warning, path: "", text)]
            turn(&observed, sender)
            out.append(observed)
        }
    }
    /// Sets the addresses of a message that may be of the other side than the datagram.
    private func turn(_ observed: inout ObservedMessage, _ sender: Opener) {
        (observed.source, observed.destination) = sender == .us ? (ends.us, ends.them) : (ends.them, ends.us)
    }
    /// Returns a message of a data channel.
    private mutating func observe(
        _ message: SCTPAssociation.Message, _ channels: [ChannelProtocol]
    ) -> ObservedMessage {
        let span = message.bytes.span.bytes
        if message.kind == .dcep {
            var open = DataChannelOpen()
            if open.read(borrowing: span) { sctp.open(message.stream, label: open.label.string(in: span)) }
            let type = DCEPType.message(span) ?? ChannelBytes.self
            return Self.message(type, message.bytes, place(of: message, LayerName.dcep))
        }
        let bytes = message.kind.isEmpty ? [] : message.bytes
        let name = protocolName(of: message, channels)
        let known = channels.first { $0.name == name }?.message(bytes.span.bytes, message.kind.isText)
        let type: any Message.Type = known ?? (message.kind.isText ? ChannelText.self : ChannelBytes.self)
        return Self.message(type, bytes, place(of: message, name))
    }
    /// Returns a message with the findings about its content.
    private static func message(
        _ type: any Message.Type, _ bytes: [UInt8], _ place: LayerPlace
    ) -> ObservedMessage {
        let look = type.inspect(bytes.span.bytes)
        var observed = ObservedMessage(look == .refused ? .malformed : .rejoined, type)
        if look == .refused, let error = type.check(bytes) {
            observed.findings.append(Finding(.violation, path: error.path, "malformed: \(error.description)"))
        }
        (observed.bytes, observed.isRemarkable, observed.place) = (bytes, look != .plain, place)
        return observed
    }
    private func place(of message: SCTPAssociation.Message, _ protocolName: String) -> LayerPlace {
        var place = LayerPlace("dtls/sctp/#\(message.stream)/\(protocolName)", of: protocolName)
        place.origins = message.origins.map { .init(unit: $0.unit, datagram: $0.datagram, range: $0.range) }
        return place
    }
    /// Returns the protocol of a channel. If its label was not seen, the first message of a protocol decides.
    private func protocolName(of message: SCTPAssociation.Message, _ channels: [ChannelProtocol]) -> String {
        let known =
            if let label = sctp.labels[message.stream] {
                channels.first { $0.labels.contains(label) }
            } else {
                channels.first { $0.message(message.bytes.span.bytes, message.kind.isText) != nil }
            }
        return known?.name ?? "webrtc"
    }
    private func name(of stream: UInt16) -> String {
        sctp.labels[stream].map { "channel \(stream) (\($0))" } ?? "channel \(stream)"
    }
}
