internal import Node

/// The queries and commands that a node accepts from its own side.
enum Control: String, CaseIterable {
    case routes, route, superpeers, candidates, assemblies, subscriptions, remote, remembered, events, counters, uplink,
        status
    case find, subscribe, forget, choose

    /// The control in the form that the rest of the program uses.
    var rule: NodeControl {
        var rule = bare
        if rule.operand != nil { rule.form = "an id is 0x and 40 hexadecimal digits, or a name that one is made of" }
        return rule
    }
    private var bare: NodeControl {
        switch self {
        case .routes: list("all routes", ["peer", "nexthop", "hopcount", "role", "age"])
        case .route:
            NodeControl(
                asks: rawValue, "one route, of `id`; null when there is none", .one("id"),
                columns: ["peer", "nexthop", "hopcount", "role", "age"])
        case .superpeers:
            list("the superpeers that a superpeer knows", ["id", "address", "role", "hopcount", "age"])
        case .candidates: list("the superpeers that a phone may choose from", ["id", "address", "role"])
        case .assemblies:
            list("messages that are not whole", ["src", "type", "msg_id", "fragments", "of", "missing", "ms"])
        case .subscriptions: list("what is watched for others", ["gateway", "requester", "target", "port"])
        case .remote: list("peers outside the local mesh", ["id", "online", "role"])
        case .remembered: list("the peers that the node watches for itself", ["id", "port"])
        case .events: list("what has happened, the latest of it, with more of each", ["event", "ms"])
        case .counters:
            NodeControl(
                asks: rawValue,
                "what was dropped, and why: numbers by name; requests and ways that wait; answers that a guard kept",
                columns: [])
        case .uplink:
            NodeControl(
                asks: rawValue, "the superpeer of a phone: {state, id, address}", columns: ["state", "id", "address"])
        case .status:
            NodeControl(
                asks: rawValue, "how many routes and superpeers there are, and the age in seconds of the oldest route",
                columns: ["routes", "superpeers", "oldest"])
        case .find: find("asks for the state of `ids`, of a `port` where that matters: true when a superpeer is known")
        case .subscribe: find("asks for the state of `ids` and for changes, until the node is made to forget them")
        case .forget: find("no longer receives changes of `ids`")
        case .choose:
            NodeControl(tells: rawValue, "a phone takes the superpeer `id`, one of its candidates", .one("id"))
        }
    }
    private func list(_ what: String, _ columns: [String]) -> NodeControl {
        NodeControl(
            asks: rawValue, "\(what): a list of {\(columns.joined(separator: ", "))}", columns: columns)
    }
    private func find(_ summary: String) -> NodeControl {
        NodeControl(
            tells: rawValue, summary, .several("ids"),
            details: [Named("port", "of an application; any when none is said")],
            outcomes: ["found", "find_failed"], columns: ["online"])
    }
}
