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
    case tooLong
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
        case .tooLong:
            return "more than \(Recorder.limit) messages are no scenario that anybody reads: choose with --flow or -Y"
        }
    }
}
