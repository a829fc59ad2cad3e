/// The fields that every record has besides the fields of its message.
enum RecordField: String, CaseIterable, Sendable {
    case n
    case time
    case src
    case dst
    case addr
    case port
    case sourcePort = "src.port"
    case destinationPort = "dst.port"
    case transport
    case flow
    case message
    case `protocol`
    case length
    case offset
    case bytes
    case frame
    case frames
    case sender
    case path
    case answers
    case answerTime = "answer.time"
    case malformed
    case incomplete
    case violation
    case warning
    case info
    case requirement
    case severity = "notes.severity"
    case noteRequirement = "notes.requirement"
    case notePath = "notes.path"
    case noteText = "notes.text"
    // Names that Wireshark uses.
    case ip = "ip.addr"
    case ipSource = "ip.src"
    case ipDestination = "ip.dst"
    case ipv6 = "ipv6.addr"
    case ipv6Source = "ipv6.src"
    case ipv6Destination = "ipv6.dst"
    case tcpPort = "tcp.port"
    case tcpSourcePort = "tcp.srcport"
    case tcpDestinationPort = "tcp.dstport"
    case tcpStream = "tcp.stream"
    case udpPort = "udp.port"
    case udpSourcePort = "udp.srcport"
    case udpDestinationPort = "udp.dstport"
    case frameNumber = "frame.number"
    case frameTime = "frame.time"
    case frameTimeRelative = "frame.time_relative"
    case frameTimeDelta = "frame.time_delta"
    case frameLength = "frame.len"

    /// The type of the field's values; nil for a field that can only be present or absent.
    enum Kind {
        case number
        case time
        /// A duration in nanoseconds.
        case duration
        case address
        /// An address without a port.
        case host
        case word
        case text
        case bytes
    }
    var kind: Kind? {
        switch self {
        case .n, .answers, .port, .sourcePort, .destinationPort, .flow, .length, .offset, .frame, .frames, .tcpPort,
            .tcpSourcePort, .tcpDestinationPort, .tcpStream, .udpPort, .udpSourcePort, .udpDestinationPort,
            .frameNumber, .frameLength:
            .number
        case .time, .frameTime, .frameTimeRelative: .time
        case .answerTime, .frameTimeDelta: .duration
        case .src, .dst, .addr: .address
        case .ip, .ipSource, .ipDestination, .ipv6, .ipv6Source, .ipv6Destination: .host
        case .transport, .message, .protocol, .sender, .severity: .word
        case .path, .requirement, .noteRequirement, .notePath, .noteText: .text
        case .bytes: .bytes
        case .malformed, .incomplete, .violation, .warning, .info: nil
        }
    }
    /// True if the record must be dissected, because the description of its message adds findings.
    var needsDissection: Bool {
        switch self {
        case .violation, .warning, .info, .severity, .notePath, .noteText: true
        default: false
        }
    }
}
