public import Capture
public import Node
internal import Text

/// The names of addresses from the name resolution blocks of captures.
public struct AddressNames: Sendable {
    /// The maximum number of characters of a name.
    static let width = 64
    /// The names by the address with port 0.
    private var names: [Endpoint: String] = [:]

    /// Takes the names of these captures. If an address has several names, the first one is used.
    public init(_ captures: [CaptureInformation] = []) {
        for entry in captures.flatMap(\.names) {
            guard names[entry.address] == nil, !entry.name.isEmpty else { continue }
            names[entry.address] = Escape.line(String(entry.name.prefix(Self.width)))
        }
    }
    /// Returns `name:port` if the address has a name, safe for a terminal; otherwise the address.
    public func text(_ end: Endpoint) -> String {
        guard !names.isEmpty, let name = names[Endpoint(high: end.high, low: end.low, port: 0)] else { return "\(end)" }
        return "\(name):\(end.port)"
    }
}
