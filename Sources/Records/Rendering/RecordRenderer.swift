public import Capture
import Node
internal import Text
import Wire

/// A writer of consecutive records as text.
public protocol RecordRenderer {
    /// Appends one record to `out`, with a newline at its end.
    mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8])
    /// Appends the output before the first record.
    mutating func begin(to out: inout [UInt8])
    /// Appends the output after the last record.
    mutating func end(to out: inout [UInt8])
    /// True if `packet` and `settled` must be called, as for a `RecordSink`.
    var wantsPackets: Bool { get }
    /// Receives a packet, before the records that it completes.
    mutating func packet(_ packet: borrowing Packet)
    /// Called after the records of a packet. `flow` is its connection (0: no connection). `waits` is true if bytes of
    /// this connection wait for further packets; otherwise no later record has bytes in its packets up to this one.
    mutating func settled(flow: Int, waits: Bool, to out: inout [UInt8])
    /// Called in a live capture if no packet arrived up to this time. Output that only waited for further packets may
    /// be written.
    mutating func rest(_ now: Timestamp, to out: inout [UInt8])
}
extension RecordRenderer {
    public mutating func begin(to out: inout [UInt8]) {}
    public mutating func end(to out: inout [UInt8]) {}
    /// False, because records are sufficient.
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
    /// The text `violation NANO-18 response.signature: text`, safe for a terminal.
    var line: String {
        let head = [severity.rawValue, requirement ?? "", path].filter { !$0.isEmpty }.joined(separator: " ")
        return Escape.line("\(head): \(text)")
    }
}
