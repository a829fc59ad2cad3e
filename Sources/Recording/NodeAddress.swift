public import Node

/// The address of the node under test in a capture, with or without a port.
public struct NodeAddress: Hashable, Sendable {
    /// The address; the port is 0 if none was given.
    public var endpoint: Endpoint
    /// True if only this port of the address belongs to the node.
    public var hasPort: Bool

    /// Parses `10.0.0.2`, `10.0.0.2:7075`, `::1` or `[::1]:7075`. Returns nil for any other text.
    public init?(_ text: String) {
        let isInBrackets = text.hasPrefix("[")
        let whole = isInBrackets || text.split(separator: ":").count == 2 ? Endpoint(text) : nil
        let host = text.contains(":") && !isInBrackets ? "[\(text)]" : text
        guard let endpoint = whole ?? Endpoint(host: host, port: 0) else { return nil }
        self.endpoint = endpoint
        hasPort = whole != nil
    }
    /// Returns whether this endpoint belongs to the node.
    public func fits(_ e: Endpoint) -> Bool {
        e.high == endpoint.high && e.low == endpoint.low && (!hasPort || e.port == endpoint.port)
    }
}
