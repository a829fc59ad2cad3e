public import Node

/// Why there is no scenario.
public enum RecordingError: Error, Sendable {
    /// Nobody has that address, or nothing of it was chosen; with those who speak, most talkative first.
    case nobody([Endpoint], isFlow: Bool, isFilter: Bool)
    /// Both ends of a connection are the node, by the addresses given.
    case bothEnds(Endpoint, Endpoint, flow: Int)
    /// The connections, with protocols that are not all the same.
    case severalProtocols([(flow: Int, name: String)])
    /// More messages than a scenario can hold.
    case tooLong(Int)
    /// So much of it, and a scenario file may have `limit`; up to the message `fitting`, 0 for none, it would be one.
    case tooLarge(Measure, Int, limit: Int, fitting: Int, most: Longest)

    /// What a scenario file has a limit of.
    public enum Measure: String, Sendable {
        /// Values, keys, lists and maps.
        case nodes = "nodes of YAML"
        case bytes
    }
    /// The message that takes most of the file.
    public struct Longest: Sendable {
        /// Number of the record, as `decode` counts.
        public var number: Int
        /// Name of the message, or what else it is.
        public var name: String
        /// The connection that it is of.
        public var flow: Int
        /// What its step takes.
        public var count: Int
    }
}

extension RecordingError: CustomStringConvertible {
    /// What went wrong and what to do, for people.
    public var description: String {
        switch self {
        case .nobody(let all, let isFlow, let isFilter):
            if all.isEmpty { return "no message of a known protocol is in the capture" }
            let chosen = isFlow || isFilter ? ", or nothing of it was chosen" : ""
            let more = all.count > 20 ? " and \(all.count - 20) more" : ""
            return "nobody speaks from that address\(chosen): there is "
                + all.prefix(20).map(\.description).joined(separator: ", ") + more
        case .bothEnds(let client, let server, let flow):
            return "both ends of connection \(flow) have that address: which one is it, \(client) or \(server)?"
        case .severalProtocols(let flows):
            return "the connections speak several protocols: choose with --flow, "
                + flows.prefix(20).map { "\($0.flow) (\($0.name))" }.joined(separator: ", ")
        case .tooLong(let limit):
            return
                "more than \(limit) messages, or \(Recorder.byteLimit >> 20) MiB of them, are too many for a scenario: "
                + "choose with --flow or -Y"
        case .tooLarge(let measure, let count, let limit, let fitting, let most):
            let longest = "#\(most.number), \(most.name) on connection \(most.flow),"
            let what = measure.rawValue
            if most.count > limit {
                return "\(longest) takes \(most.count) \(what), and a scenario has at most \(limit): leave it out with "
                    + "-Y 'n != \(most.number)', or choose others with --flow or -Y"
            }
            let first = fitting > 0 ? ", the first with -Y 'n <= \(fitting)'" : ""
            return
                "that takes \(count) \(what), and a scenario has at most \(limit): make several of it with --flow or "
                + "-Y\(first); \(longest) takes most, \(most.count)"
        }
    }
}
