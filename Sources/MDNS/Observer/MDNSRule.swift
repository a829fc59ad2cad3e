import Node

/// The requirements that a passive observer judges.
enum MDNSRule: String, ObservedRule {
    case mdns04 = "MDNS-04: an address without the id of its peer, or one that is no address"
    case mdns05 = "MDNS-05: a response for the service without any address of a peer"
    case mdns10 = "MDNS-10: a peer-name that is short, or the id of the peer"
    case mdns16 = "MDNS-16: a message that does not fit into a datagram of Ethernet"
    case mdns18 = "MDNS-18: the same answer again within a second"
    case mdns20 = "MDNS-20: an address that is not of a local network"

    var severity: Severity { .warning }
}

extension Finding {
    /// Creates a warning about the field `path`, or about the whole message if the path is empty.
    init(_ rule: MDNSRule, path: String = "", _ text: String) { self.init(.warning, of: rule, path: path, text) }
}
