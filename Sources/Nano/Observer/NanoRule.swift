import Node

/// The requirements that passive observers of Nano check.
enum NanoRule: String, ObservedRule {
    case nano06 = "NANO-06: a side switches to another network"
    case nano16 = "NANO-16: an answer to a V2 query that is of another form, or not query and response in one message"
    case nano17 = "NANO-17: an answer to a V1 query that is of another form, or not query and response in one message"
    case nano18 = "NANO-18: a signature of V2 or V3 that fits no query"
    case nano19 = "NANO-19: a signature of V1 that fits no query"
    case nano20 = "NANO-20: a response with another genesis hash than the network's"
    case nano21 = "NANO-21: a cookie or salt that was there on another connection"
    case nano23 = "NANO-23: an answer to a V3 query that is of another form, or not query and response in one message"
    case nano25 = "NANO-25: a second query of one side"
    case nano31 = "NANO-31: a response before any query"
    case nano37 = "NANO-37: a message before the other side has proved its node id"
    case nano40 = "NANO-40: a message or response before a query, of the side that opens"
    case nano41 =
        "NANO-41: an answer of the opener that is of another form than it was spoken to in, or no response alone"
    case nano42 = "NANO-42: an answer of the opener to V1 that is of another form, or no response alone"
    case nano47 = "NANO-47: silence for two keepalive periods"
    case nano59 = "NANO-59: a block whose signature does not verify with its account"
    case nano62 = "NANO-62: a block with too little work"
    case nano67 = "NANO-67: a vote whose signature does not verify with its account, or of the zero account"
    case nano68 = "NANO-68: a payload that came before"
    case nano74 = "NANO-74: telemetry of another genesis hash or protocol version"
    case nano76 = "NANO-76: telemetry of another node id than was proved, or of a bad signature"
    case nano79 = "NANO-79: an answer to no request, or of another type than account_info was asked for"
    case nano80 = "NANO-80: an answer about another account"
    case nano82 = "NANO-82: blocks from another place on, more of them, or another type in their place"
    case nano83 = "NANO-83: blocks that do not begin with the one that was asked for"
    case nano85 = "NANO-85: an answer to a request for no blocks or too many"
    case nano86 = "NANO-86: frontiers out of order, from another place on, more of them, or another type in their place"
    case nano87 = "NANO-87: an answer to a request for no frontiers or too many"
    case nano91 = "NANO-91: a second answer"
    case nano111 = "NANO-111: the same block again and again within the interval of its network"

    var severity: Severity {
        switch self {
        case .nano47, .nano111: .warning
        case .nano68: .info
        default: .violation
        }
    }
}

extension Finding {
    /// Creates a finding of a requirement about the field `path`, or about the whole message if the path is empty.
    init(_ severity: Severity, _ rule: NanoRule, path: String = "", _ text: String) {
        self.init(severity, of: rule, path: path, text)
    }
}

extension [Finding] {
    /// Adds a certain violation of a requirement.
    mutating func violation(_ rule: NanoRule, path: String = "", _ text: String) {
        append(Finding(.violation, rule, path: path, text))
    }
}
