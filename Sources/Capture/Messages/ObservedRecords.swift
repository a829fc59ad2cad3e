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
        let place = message.place
        let name = place?.protocolName ?? decoder.definition.name
        let isDatagram = (message.kind == .datagram || message.kind == .malformed) && message.bytes.isEmpty
        let content = payload.extracting(message.range ?? 0..<payload.byteCount)
        if message.kind == .datagram, message.findings.isEmpty, !message.isRemarkable, let type = message.type,
            sink.takesPlain, place == nil
        {
            return emitPlain(
                type, at: mark.time, length: content.byteCount, between: ends, going: direction, of: name, to: &sink)
        }
        let parts = message.parts.isEmpty ? [] : decoder.parts(message.parts)
        let kind: RecordKind
        switch message.kind {
        case .datagram, .rejoined: kind = .message
        case .malformed: kind = .malformed
        case .incomplete, .givenUp, .missing: kind = .incomplete
        }
        let start = tally.start ?? mark.time
        let numbers = isDatagram ? decoder.frames(mark.frame) : decoder.frames(of: message, parts, at: mark.frame)
        if place?.isSealed == true { tally.sealedBytes &+= content.byteCount }
        let record = Record(
            number: 0, time: message.time.map { start.moved(by: $0.nanoseconds) } ?? mark.time, start: start,
            source: ends.source(direction), destination: ends.source(direction.opposite), transport: .udp,
            flow: ends.flow, protocolName: name, kind: kind, message: message.type,
            offset: Int64(message.range?.lowerBound ?? 0),
            length: isDatagram ? content.byteCount : message.bytes.count, frames: numbers,
            isFromClient: direction.isFromClient, notes: message.findings, isRemarkable: message.isRemarkable,
            hint: message.hint, isRepeated: message.isRepeated, parts: message.kind == .rejoined ? parts : [],
            path: place?.path ?? "", carries: place?.isCarrier == true ? .known : .nothing,
            isSealed: place?.isSealed ?? false, origins: place.map { decoder.origins(of: $0) } ?? [])
        if message.kind == .givenUp { tally.flowsGivenUp &+= 1 }
        if message.kind == .missing { tally.gaps &+= 1 }
        if isDatagram { emit(record, content, &sink) } else { emit(record, message.bytes.span.bytes, &sink) }
        guard let place else { return }
        if let unit = place.unit { decoder.note(unit: unit, record: tally.records) }
        if let remark = place.remark {
            let text = "\(name) between \(ends.client) and \(ends.server) (flow \(ends.flow)): \(remark)"
            sink.note(CaptureNote(severity: .info, frame: mark.frame, flow: ends.flow, text: text))
        }
    }
}
