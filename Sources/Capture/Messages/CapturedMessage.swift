public import Node
public import Wire

/// A record with its own copy of the bytes.
public struct CapturedMessage: Sendable {
    /// The record: its type, sender, receiver and time.
    public var record: Record
    /// The bytes of the message as the sender made it, without the layers around it: reassembled, unmasked,
    /// decompressed, decrypted.
    public var bytes: [UInt8]
    /// Creates a message from a record and its bytes.
    public init(_ record: Record, _ bytes: [UInt8]) { (self.record, self.bytes) = (record, bytes) }

    /// The fields, by the names that filters and the JSON of the command line use. Bytes that are not a message have
    /// one field, `bytes`. Each access dissects the message again.
    public var fields: Value { DissectedRecord(record, bytes.span.bytes).fields(bytes.span.bytes) }
    /// The findings: faults and oddities.
    public var notes: [Finding] { DissectedRecord(record, bytes.span.bytes).notes }
    /// Returns true if a filter selects the message.
    public func passes(_ filter: Filter) -> Bool { filter.matches(record, bytes.span.bytes) }
}
