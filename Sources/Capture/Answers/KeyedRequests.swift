import Node

/// The requests whose answers have an equal key, as hashes of the key and of the connection.
struct KeyedRequests {
    /// The maximum number of keys. Beyond it, the oldest one is forgotten.
    static let limit = 65_536

    private var open: [UInt64: OpenRequest] = [:]
    /// The last keys, and the place of the oldest one when the limit is reached.
    private var order: [(key: UInt64, record: Int)] = []
    private var oldest = 0

    /// Adds a request. It replaces an earlier one with the same key.
    mutating func add(_ request: OpenRequest, _ key: UInt64) {
        if order.count < Self.limit {
            order.append((key, request.record))
        } else {
            let old = order[oldest]
            if open[old.key]?.record == old.record { open[old.key] = nil }
            order[oldest] = (key, request.record)
            oldest = (oldest + 1) % Self.limit
        }
        open[key] = request
    }
    /// True if no request is open.
    var isEmpty: Bool { open.isEmpty }
    /// Removes the request with a key and returns it.
    mutating func take(_ key: UInt64) -> OpenRequest? { open.removeValue(forKey: key) }
}
