internal import Node
internal import Wire

extension RecordField {
    /// Returns true if a record has the field; `notes` are all its findings.
    func isThere(_ record: borrowing Record, _ notes: [Finding]) -> Bool {
        switch self {
        case .malformed: return record.kind == .malformed
        case .incomplete: return record.kind == .incomplete
        case .violation: return notes.contains { $0.severity == .violation }
        case .warning: return notes.contains { $0.severity == .warning }
        case .info: return notes.contains { $0.severity == .info }
        case .bytes: return record.length > 0
        default: return any(record, notes: notes, in: RawSpan()) { _ in true }
        }
    }
    /// Calls `body` with the values that a record has for this field until it returns true. Returns true if it did.
    func any(
        _ record: borrowing Record, notes: [Finding], in bytes: RawSpan, _ body: (FilterValue) -> Bool
    ) -> Bool {
        func number(_ n: some BinaryInteger) -> Bool { body(.number(FilterNumber(n))) }
        func host(_ e: Endpoint, isV4: Bool) -> Bool {
            (e.v4 != nil) == isV4 && body(.address(e, hasPort: false))
        }
        let (source, destination, transport) = (record.source, record.destination, record.transport)
        switch self {
        case .n: return number(record.number)
        case .time, .frameTime, .frameTimeRelative: return body(.time(record.time.nanoseconds))
        case .src: return body(.address(source, hasPort: true))
        case .dst: return body(.address(destination, hasPort: true))
        case .addr: return body(.address(source, hasPort: true)) || body(.address(destination, hasPort: true))
        case .port: return number(source.port) || number(destination.port)
        case .sourcePort: return number(source.port)
        case .destinationPort: return number(destination.port)
        case .transport: return body(.text(transport.rawValue))
        case .flow: return number(record.flow)
        case .message: return body(.text(record.name))
        case .protocol: return body(.text(record.protocolName))
        case .length: return number(record.length)
        case .offset: return number(record.offset)
        case .bytes: return bytes.byteCount > 0 && body(.bytes(bytes.withUnsafeBytes { [UInt8]($0) }))
        case .frame, .frames, .frameNumber:
            for frame in record.frames where number(frame) { return true }
            return false
        case .sender: return body(.text(record.isFromClient ? "client" : "server"))
        case .path: return !record.path.isEmpty && body(.text(record.path))
        case .answers: return record.answers.map { number($0.record) } ?? false
        case .answerTime: return record.answers.map { number($0.after) } ?? false
        case .requirement, .noteRequirement: return notes.contains { $0.requirement.map { body(.text($0)) } ?? false }
        case .severity: return notes.contains { body(.text($0.severity.rawValue)) }
        case .notePath: return notes.contains { !$0.path.isEmpty && body(.text($0.path)) }
        case .noteText: return notes.contains { body(.text($0.text)) }
        case .malformed, .incomplete, .violation, .warning, .info: return false
        case .ip: return host(source, isV4: true) || host(destination, isV4: true)
        case .ipSource: return host(source, isV4: true)
        case .ipDestination: return host(destination, isV4: true)
        case .ipv6: return host(source, isV4: false) || host(destination, isV4: false)
        case .ipv6Source: return host(source, isV4: false)
        case .ipv6Destination: return host(destination, isV4: false)
        case .tcpPort: return transport == .tcp && (number(source.port) || number(destination.port))
        case .tcpSourcePort: return transport == .tcp && number(source.port)
        case .tcpDestinationPort: return transport == .tcp && number(destination.port)
        case .tcpStream: return record.tcpStream >= 0 && number(record.tcpStream)
        case .udpPort: return transport == .udp && (number(source.port) || number(destination.port))
        case .udpSourcePort: return transport == .udp && number(source.port)
        case .udpDestinationPort: return transport == .udp && number(destination.port)
        case .frameTimeDelta: return number(record.sincePrevious)
        case .frameLength: return record.packetLength > 0 && number(record.packetLength)
        }
    }
}
