import Node
import Wire

/// Who speaks to whom in a connection, and which it is.
struct FlowEnds {
    var flow: Int
    var client: Endpoint
    var server: Endpoint
}

extension FlowContext {
    /// Makes a record of something that was told by a datagram decoder; `payload` are the bytes of the datagram that
    /// made it known.
    mutating func tell(
        _ told: ObservedMessage, _ decoder: DatagramDecoder, _ ends: FlowEnds, fromClient isClient: Bool,
        _ payload: RawSpan,
        _ sink: inout some RecordSink
    ) {
        if told.kind == .datagram, told.findings.isEmpty, !told.isRemarkable, let type = told.type, sink.takesPlain {
            tally.records &+= 1
            let message = PlainMessage(
                type: type, time: time, start: tally.start ?? time, source: isClient ? ends.client : ends.server,
                destination: isClient ? ends.server : ends.client, flow: ends.flow,
                length: payload.byteCount, isFromClient: isClient)
            return sink.plain(message, of: decoder.protocolName)
        }
        let parts = told.parts.isEmpty ? [] : decoder.parts(told.parts)
        let isDatagram = told.kind == .datagram || told.kind == .malformed
        let kind: RecordKind
        switch told.kind {
        case .datagram, .rejoined: kind = .message
        case .malformed: kind = .malformed
        case .incomplete, .givenUp: kind = .incomplete
        }
        let start = tally.start ?? time
        let length = isDatagram ? payload.byteCount : told.bytes.count
        var record = Record(
            number: tally.records &+ 1,
            time: told.time.map { start.moved(by: $0.nanoseconds) } ?? time,
            start: start, source: isClient ? ends.client : ends.server,
            destination: isClient ? ends.server : ends.client, transport: .udp, flow: ends.flow,
            protocolName: decoder.protocolName, kind: kind,
            message: told.type, offset: 0, length: length,
            frames: isDatagram ? decoder.frames(frame) : FrameNumbers(parts.map(\.number)) ?? FrameNumbers(frame),
            isFromClient: isClient, notes: told.findings, isRemarkable: told.isRemarkable, hint: told.hint,
            isRepeated: told.isRepeated,
            parts: told.kind == .rejoined ? parts : [])
        if !comments.isEmpty { record.comments = comments.of(record.frames) }
        tally.records &+= 1
        if told.kind == .givenUp { tally.flowsGivenUp &+= 1 }
        if isDatagram { sink.record(record, payload) } else { sink.record(record, told.bytes.span.bytes) }
    }
    /// A datagram of which the capture lacks the end.
    mutating func tell(
        cut payload: RawSpan, missing: Int, _ protocolName: String, _ ends: FlowEnds, fromClient isClient: Bool,
        _ pieces: [(stop: Int, frame: Int)], _ sink: inout some RecordSink
    ) {
        tally.gaps &+= 1
        tally.gapBytes &+= missing
        let text =
            "\(payload.byteCount) bytes of a message that is not whole: \(missing) bytes are missing from the capture"
        var record = Record(
            number: tally.records &+ 1, time: time, start: tally.start ?? time,
            source: isClient ? ends.client : ends.server, destination: isClient ? ends.server : ends.client,
            transport: .udp, flow: ends.flow,
            protocolName: protocolName, kind: .incomplete, message: nil,
            offset: 0,
            length: payload.byteCount, frames: FrameNumbers(pieces.map(\.frame)) ?? FrameNumbers(frame),
            isFromClient: isClient, notes: [Finding(.warning, path: "", text)], isRemarkable: false)
        if !comments.isEmpty { record.comments = comments.of(record.frames) }
        tally.records &+= 1
        sink.record(record, payload)
    }
    /// What hears the datagrams of a protocol; nil when each conversation is understood by itself.
    mutating func decoder(of definition: Definition) -> Int? {
        for i in decoders.indices where decoders[i].protocolName == definition.name { return i }
        guard let make = definition.datagramObserver else { return nil }
        decoders.append(DatagramDecoder(definition.name, make(scrutiny, limits.memory / 2)))
        return decoders.count &- 1
    }
}
