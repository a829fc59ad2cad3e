import Node
import Wire

extension FlowContext {
    /// Makes a record of a message that a datagram decoder found; `payload` has the bytes of the datagram that made it
    /// known.
    mutating func emit(
        _ message: ObservedMessage, by decoder: DatagramDecoder, between ends: FlowEnds,
        going direction: StreamDirection,
        _ payload: RawSpan, to sink: inout some RecordSink
    ) {
        let name = decoder.definition.name
        let isDatagram = message.kind == .datagram || message.kind == .malformed
        if message.kind == .datagram, message.findings.isEmpty, !message.isRemarkable, let type = message.type,
            sink.takesPlain
        {
            return emitPlain(
                type, at: mark.time, length: payload.byteCount, between: ends, going: direction, of: name, to: &sink)
        }
        let parts = message.parts.isEmpty ? [] : decoder.parts(message.parts)
        let kind: RecordKind
        switch message.kind {
        case .datagram, .rejoined: kind = .message
        case .malformed: kind = .malformed
        case .incomplete, .givenUp: kind = .incomplete
        }
        let start = tally.start ?? mark.time
        let record = Record(
            number: 0, time: message.time.map { start.moved(by: $0.nanoseconds) } ?? mark.time, start: start,
            source: ends.source(direction), destination: ends.source(direction.opposite), transport: .udp,
            flow: ends.flow, protocolName: name, kind: kind, message: message.type, offset: 0,
            length: isDatagram ? payload.byteCount : message.bytes.count,
            frames: isDatagram
                ? decoder.frames(mark.frame) : FrameNumbers(parts.map(\.number)) ?? FrameNumbers(mark.frame),
            isFromClient: direction.isFromClient, notes: message.findings, isRemarkable: message.isRemarkable,
            hint: message.hint, isRepeated: message.isRepeated, parts: message.kind == .rejoined ? parts : [])
        if message.kind == .givenUp { tally.flowsGivenUp &+= 1 }
        if isDatagram { emit(record, payload, &sink) } else { emit(record, message.bytes.span.bytes, &sink) }
    }
}
