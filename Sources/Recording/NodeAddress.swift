public import Node

/// Where the node under test is found in a capture: an address, with or without a port.
public struct NodeAddress: Hashable, Sendable {
    /// The address; the port is 0 where none was given.
    public var endpoint: Endpoint
    /// Only this port, rather than all of the address.
    public var hasPort: Bool

    /// From `10.0.0.2`, `10.0.0.2:7075`, `::1` or `[::1]:7075`; nil for anything else.
    public init?(_ text: String) {
        let isInBrackets = text.hasPrefix("[")
        let whole = isInBrackets || text.split(separator: ":").count == 2 ? Endpoint(text) : nil
        let host = text.contains(":") && !isInBrackets ? "[\(text)]" : text
        guard let endpoint = whole ?? Endpoint(host: host, port: 0) else { return nil }
        self.endpoint = endpoint
        hasPort = whole != nil
    }
    /// Whether somebody who speaks from this endpoint is the node.
    public func fits(_ e: Endpoint) -> Bool {
        e.high == endpoint.high && e.low == endpoint.low && (!hasPort || e.port == endpoint.port)
    }
}
