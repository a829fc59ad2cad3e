internal import Node

extension RecordField {
    /// Whether a record passes a test of this field; `notes` are all that there are of it.
    func holds(_ test: FilterTest, _ record: borrowing Record, _ notes: [Finding]) -> Bool {
        switch self {
        case .malformed: return record.kind == .malformed
        case .incomplete: return record.kind == .incomplete
        case .violation: return notes.contains { $0.severity == .violation }
        case .warning: return notes.contains { $0.severity == .warning }
        case .info: return notes.contains { $0.severity == .info }
        default: break
        }
        let all = values(record, notes)
        let found = all.contains(where: test.holds)
        return test.isContrary ? !all.isEmpty && !found : found
    }
    /// What a record has for this field.
    func values(_ record: borrowing Record, _ notes: [Finding]) -> [FilterValue] {
        switch self {
        case .n: return [.number(Int128(record.number))]
        case .time: return [.time(record.time, start: record.start)]
        case .src: return [.address(record.source)]
        case .dst: return [.address(record.destination)]
        case .addr: return [.address(record.source), .address(record.destination)]
        case .port: return [record.source, record.destination].map { .number(Int128($0.port)) }
        case .sourcePort: return [.number(Int128(record.source.port))]
        case .destinationPort: return [.number(Int128(record.destination.port))]
        case .transport: return [.text(record.transport.rawValue)]
        case .flow: return [.number(Int128(record.flow))]
        case .message: return [.text(record.name)]
        case .protocol: return [.text(record.protocolName)]
        case .length: return [.number(Int128(record.length))]
        case .offset: return [.number(Int128(record.offset))]
        case .frame, .frames: return record.frames.map { .number(Int128($0)) }
        case .sender: return [.text(record.isFromClient ? "client" : "server")]
        case .path: return record.path.isEmpty ? [] : [.text(record.path)]
        case .requirement, .noteRequirement: return notes.compactMap { $0.requirement.map { .text($0) } }
        case .severity: return notes.map { .text($0.severity.rawValue) }
        case .notePath: return notes.filter { !$0.path.isEmpty }.map { .text($0.path) }
        case .noteText: return notes.map { .text($0.text) }
        case .malformed, .incomplete, .violation, .warning, .info: return []
        }
    }
}
