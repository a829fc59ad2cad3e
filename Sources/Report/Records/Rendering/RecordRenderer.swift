public import Capture
import Node
import Wire

/// Writes records as text, one after another.
public protocol RecordRenderer {
    /// Appends one record to `out`, with the newline at its end.
    mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8])
    /// What stands before the first record.
    mutating func begin(to out: inout [UInt8])
    /// What stands behind the last one.
    mutating func end(to out: inout [UInt8])
    /// Whether `packet` and `settled` are to be called, as for a `RecordSink`.
    var wantsPackets: Bool { get }
    /// A packet, before the records that it makes known.
    mutating func packet(_ packet: borrowing Packet)
    /// What became of it.
    mutating func settled(flow: Int, waits: Bool, to out: inout [UInt8])
    /// Of a live capture: no packet came up to this moment. What only waited for others may go.
    mutating func rest(_ now: Timestamp, to out: inout [UInt8])
}
extension RecordRenderer {
    public mutating func begin(to out: inout [UInt8]) {}
    public mutating func end(to out: inout [UInt8]) {}
    /// False: records are enough.
    public var wantsPackets: Bool { false }
    public mutating func packet(_ packet: borrowing Packet) {}
    public mutating func settled(flow: Int, waits: Bool, to out: inout [UInt8]) {}
    public mutating func rest(_ now: Timestamp, to out: inout [UInt8]) {}
}

extension Severity {
    var tone: Style.Tone {
        switch self {
        case .violation: .bad
        case .warning: .doubtful
        case .info: .quiet
        }
    }
}

extension Finding {
    /// `violation NANO-18 response.signature: text`, harmless for a terminal.
    var line: String {
        let head = [severity.rawValue, requirement ?? "", path].filter { !$0.isEmpty }.joined(separator: " ")
        return Escape.line("\(head): \(text)")
    }
}
