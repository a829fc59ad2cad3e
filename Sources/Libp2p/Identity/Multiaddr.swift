public import Node
import Wire

/// An address of libp2p: a sequence of protocols, in text (`/ip4/127.0.0.1/tcp/4001`) and in bytes.
public struct Multiaddr: Hashable, Sendable, CustomStringConvertible {
    /// A protocol and its value.
    public struct Part: Hashable, Sendable {
        /// The name of the protocol, for example `tcp`.
        public var name: String
        /// The value as bytes, without its length.
        public var value: [UInt8]
    }
    public let parts: [Part]
    /// The maximum number of parts of an address.
    public static let limit = 32

    private init(parts: [Part]) { self.parts = parts }
    /// Creates an address from text; nil if a protocol is unknown or its value is invalid.
    public init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        var words = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)[...]
        if words.last == "" { words.removeLast() }
        var parts: [Part] = []
        while let name = words.popFirst() {
            guard let kind = MultiaddrProtocol.all.first(where: { $0.name == name }), parts.count < Self.limit else {
                return nil
            }
            guard kind.size != .none else {
                parts.append(Part(name: kind.name, value: []))
                continue
            }
            guard let word = words.popFirst(), let value = kind.value(word) else { return nil }
            parts.append(Part(name: kind.name, value: value))
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }
    /// Creates an address from bytes; nil if a protocol is unknown, its value is invalid, or bytes are missing.
    public init?(bytes: [UInt8]) {
        var (rest, parts): (ArraySlice<UInt8>, [Part]) = (bytes[...], [])
        while !rest.isEmpty {
            guard let code = Varint.take(&rest), parts.count < Self.limit,
                let kind = MultiaddrProtocol.all.first(where: { $0.code == code })
            else { return nil }
            switch kind.size {
            case .none: parts.append(Part(name: kind.name, value: []))
            case .fixed(let count):
                guard rest.count >= count else { return nil }
                parts.append(Part(name: kind.name, value: Array(rest.prefix(count))))
                rest = rest.dropFirst(count)
            case .counted:
                guard let value = Varint.takeBytes(&rest), kind.text(value) != nil else { return nil }
                parts.append(Part(name: kind.name, value: value))
            }
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }
    /// Creates an address from an IP address and a TCP port, optionally with the peer expected there.
    public init(_ endpoint: Endpoint, peer: PeerID? = nil) {
        let host =
            endpoint.v4 == nil
            ? Part(name: "ip6", value: endpoint.address) : Part(name: "ip4", value: Array(endpoint.address.suffix(4)))
        let port = Part(name: "tcp", value: [UInt8(endpoint.port >> 8), UInt8(endpoint.port & 255)])
        parts = [host, port] + (peer.map { [Part(name: "p2p", value: $0.bytes)] } ?? [])
    }
    /// The binary form.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        for part in parts {
            guard let kind = MultiaddrProtocol.all.first(where: { $0.name == part.name }) else { continue }
            Varint.append(kind.code, to: &out)
            if kind.size == .counted { Varint.append(UInt64(part.value.count), to: &out) }
            out += part.value
        }
        return out
    }
    /// The text form.
    public var description: String {
        parts.map { part in
            let kind = MultiaddrProtocol.all.first { $0.name == part.name }
            return kind?.size == MultiaddrProtocol.Size.none
                ? "/\(part.name)" : "/\(part.name)/\(kind?.text(part.value) ?? "")"
        }.joined()
    }
    /// The peer at the end of the address; nil if it names no peer.
    public var peer: PeerID? { parts.last.flatMap { $0.name == "p2p" ? PeerID($0.value) : nil } }
    /// The address without the peer at its end; nil if nothing else is left.
    public var withoutPeer: Multiaddr? {
        guard peer != nil else { return self }
        return parts.count > 1 ? Multiaddr(parts: Array(parts.dropLast())) : nil
    }
    /// The IP address and TCP port at the beginning; nil if the address begins with other protocols.
    public var endpoint: Endpoint? {
        guard parts.count >= 2, parts[1].name == "tcp", parts[1].value.count == 2 else { return nil }
        let port = UInt16(parts[1].value[0]) << 8 | UInt16(parts[1].value[1])
        return host.map { Endpoint(high: $0.high, low: $0.low, port: port) }
    }
}

/// A protocol that an address may name (multiformats, multicodec table).
struct MultiaddrProtocol: Sendable {
    /// The size of a value in bytes.
    enum Size: Equatable, Sendable {
        case none
        case fixed(Int)
        /// The value is preceded by a varint with its length.
        case counted
    }
    var code: UInt64
    var name: String
    var size: Size

    static let all = [
        Self(code: 0x04, name: "ip4", size: .fixed(4)), Self(code: 0x06, name: "tcp", size: .fixed(2)),
        Self(code: 0x0111, name: "udp", size: .fixed(2)), Self(code: 0x29, name: "ip6", size: .fixed(16)),
        Self(code: 0x35, name: "dns", size: .counted), Self(code: 0x36, name: "dns4", size: .counted),
        Self(code: 0x37, name: "dns6", size: .counted), Self(code: 0x38, name: "dnsaddr", size: .counted),
        Self(code: 0x01a5, name: "p2p", size: .counted), Self(code: 0x01bb, name: "quic", size: .none),
        Self(code: 0x01cd, name: "quic-v1", size: .none), Self(code: 0x01c0, name: "tls", size: .none),
        Self(code: 0x01c6, name: "noise", size: .none), Self(code: 0x01dd, name: "ws", size: .none),
        Self(code: 0x01de, name: "wss", size: .none), Self(code: 0x0122, name: "p2p-circuit", size: .none),
    ]

    /// Returns the bytes of a value given as text.
    func value(_ text: String) -> [UInt8]? {
        switch name {
        case "ip4":
            guard text.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true else { return nil }
            return Endpoint(host: text, port: 0).flatMap { $0.v4 == nil ? nil : Array($0.address.suffix(4)) }
        case "ip6": return Endpoint(host: "[\(text)]", port: 0)?.address
        case "tcp", "udp": return Self.port(text).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
        case "p2p": return PeerID(text)?.bytes
        default: return text.isEmpty || text.utf8.count > 255 ? nil : Array(text.utf8)
        }
    }
    private static func port(_ text: String) -> UInt16? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? UInt16(text) : nil
    }
    /// Returns the text of a value; nil if the value is invalid.
    func text(_ value: [UInt8]) -> String? {
        switch name {
        case "ip4": return value.map(String.init).joined(separator: ".")
        case "ip6":
            guard let endpoint = Endpoint(address: value, port: 0) else { return nil }
            // `host` writes a mapped address as an IPv4 address.
            guard let v4 = endpoint.v4 else { return endpoint.host }
            return "::ffff:\(String(v4 >> 16, radix: 16)):\(String(v4 & 0xffff, radix: 16))"
        case "tcp", "udp": return String(value.reduce(0) { $0 << 8 | Int($1) })
        case "p2p": return PeerID(value)?.description
        default:
            guard let text = String(validating: value, as: UTF8.self), !text.isEmpty, !text.contains("/") else {
                return nil
            }
            return text
        }
    }
}
