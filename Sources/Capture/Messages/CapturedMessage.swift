public import Node
public import Wire

/// A record with bytes of its own.
public struct CapturedMessage: Sendable {
    /// What it is, who sent it to whom, and when.
    public var record: Record
    /// The message as it was sent, without layers around it: rejoined, unmasked, inflated, decrypted.
    public var bytes: [UInt8]
    /// A record of these bytes.
    public init(_ record: Record, _ bytes: [UInt8]) { (self.record, self.bytes) = (record, bytes) }

    /// Its fields, by the names that filters and the JSON of the command line have. Bytes that are no message have one
    /// field, `bytes`. Taken apart each time it is asked for.
    public var fields: Value { DissectedRecord(record, bytes.span.bytes).fields(bytes.span.bytes) }
    /// What is worth telling of it: faults, and what is odd.
    public var notes: [Finding] { DissectedRecord(record, bytes.span.bytes).notes }
    /// Whether a filter chooses it.
    public func passes(_ filter: Filter) -> Bool { filter.matches(record, bytes.span.bytes) }
}
