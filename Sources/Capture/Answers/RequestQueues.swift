import Node

/// The requests whose answers have no key, so that only the order says which answer belongs to which request. There is a
/// queue for each exchange, channel and direction.
///
/// An answer to a request that was not seen looks like the answer to the next one. So a queue accepts requests only
/// after `patience` without an event that could cause this: missing bytes, an answer without a request, a request
/// without an answer, or a request that was not accepted.
struct RequestQueues {
    /// The maximum number of queues. Beyond it, all requests are forgotten.
    static let limit = 16_384
    /// The maximum number of requests in one queue.
    static let longest = 16
    /// The number of nanoseconds after which no answer is expected.
    static let patience: Int64 = 10_000_000_000

    private struct Queue {
        var requests: [OpenRequest] = []
        /// The count of losses of the connection that it knows of.
        var losses = 0
        /// The time of the last event that makes the order unreliable; nil before the first one.
        var doubtful: Timestamp?

        /// Forgets requests that the last loss or the time makes unreliable.
        mutating func settle(_ loss: ConnectionLosses.Loss, at time: Timestamp) {
            if loss.count != losses {
                losses = loss.count
                requests = []
                if let lost = loss.time { doubt(lost) }
            }
            while let first = requests.first, time.passed(since: first.time) > RequestQueues.patience {
                // The answer may still arrive.
                doubt(first.time.moved(by: RequestQueues.patience))
                requests.removeFirst()
            }
            if let doubtful, time.passed(since: doubtful) > RequestQueues.patience { self.doubtful = nil }
        }
        mutating func doubt(_ time: Timestamp) { doubtful = doubtful.map { max($0, time) } ?? time }
    }
    private var queues: [UInt64: Queue] = [:]
    /// True if there are too many queues.
    var isFull: Bool { queues.count >= Self.limit }

    mutating func removeAll() { queues = [:] }
    /// Adds a request.
    mutating func add(_ request: OpenRequest, _ key: UInt64, _ loss: ConnectionLosses.Loss) {
        var queue = queues[key] ?? Queue()
        queue.settle(loss, at: request.time)
        if queue.doubtful != nil {
            queue.doubt(request.time)
        } else if queue.requests.count < Self.longest {
            queue.requests.append(request)
        } else {
            queue.requests = []
            queue.doubt(request.time)
        }
        queues[key] = queue
    }
    /// Removes the request that an answer belongs to and returns it. `isOptional`: requests may stay unanswered.
    mutating func take(
        _ key: UInt64, at time: Timestamp, _ loss: ConnectionLosses.Loss, isOptional: Bool
    ) -> OpenRequest? {
        var queue = queues[key] ?? Queue()
        queue.settle(loss, at: time)
        guard let first = queue.requests.first else {
            // The request was not seen, or a lost segment delays it.
            queue.doubt(time)
            queues[key] = queue
            return nil
        }
        guard !isOptional || queue.requests.count == 1 else {
            queue.requests = []
            queue.doubt(time)
            queues[key] = queue
            return nil
        }
        queue.requests.removeFirst()
        queues[key] = queue.requests.isEmpty && queue.doubtful == nil ? nil : queue
        return first
    }
}
