/// The request that a message answers.
public struct AnsweredRequest: Hashable, Sendable {
    /// The number of the request's record.
    public var record: Int
    /// The number of nanoseconds from the request to the answer.
    public var after: Int64
    /// The index of the exchange among all exchanges of the definitions.
    public var exchange: Int
    /// Creates a reference to a request.
    public init(record: Int, after: Int64, exchange: Int = 0) {
        (self.record, self.after, self.exchange) = (record, after, exchange)
    }
}

/// A request that may be answered.
struct OpenRequest: Hashable {
    /// The number of its record.
    var record: Int
    var time: Timestamp
}
