public import Node

/// The reasons why no scenario can be made.
public enum RecordingError: Error, Sendable {
    /// No endpoint has the address, or the selection is empty. Holds the senders in the capture, in descending order of
    /// their messages.
    case nobody([Endpoint], isFlow: Bool, isFilter: Bool)
    /// Both endpoints of a connection have an address of the node.
    case bothEnds(Endpoint, Endpoint, flow: Int)
    /// The connections use different protocols.
    case severalProtocols([(flow: Int, name: String)])
    /// The connections use a protocol that scenarios do not have.
    case notOfScenarios(String)
    /// The recording has more messages than a scenario can hold.
    case tooLong(Int)
    /// The scenario is larger than a scenario file may be. Holds the size, the limit, the number of the message up to
    /// which it fits (`fitting`, 0 if none), and the largest message.
    case tooLarge(Measure, Int, limit: Int, fitting: Int, most: Longest)

    /// The sizes of a scenario file that have a limit.
    public enum Measure: String, Sendable {
        /// The number of values, keys, lists and maps.
        case nodes = "nodes of YAML"
        case bytes
    }
    /// The message that takes the largest part of the file.
    public struct Longest: Sendable {
        /// The number of the record, as `decode` counts.
        public var number: Int
        /// The name of the message, or a description of other content.
        public var name: String
        /// The connection of the message.
        public var flow: Int
        /// The size of its step.
        public var count: Int
    }
}

extension RecordingError: CustomStringConvertible {
    /// The mistake and its correction, for people.
    public var description: String {
        switch self {
        case .nobody(let all, let isFlow, let isFilter):
            if all.isEmpty { return "no message of a known protocol is in the capture" }
            let chosen = isFlow || isFilter ? ", or no message of it was selected" : ""
            let more = all.count > 20 ? " and \(all.count - 20) more" : ""
            return "the capture has no message from that address\(chosen): there is "
                + all.prefix(20).map(\.description).joined(separator: ", ") + more
        case .bothEnds(let client, let server, let flow):
            return "both ends of connection \(flow) have that address: which one is it, \(client) or \(server)?"
        case .notOfScenarios(let name):
            return "scenarios cannot send or expect messages of \(name); `decode` shows them"
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
                "that takes \(count) \(what), and a scenario has at most \(limit): make several scenarios with --flow or "
                + "-Y\(first); \(longest) takes the most, \(most.count)"
        }
    }
}
