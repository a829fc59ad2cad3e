public import Wire

/// The extensions of a hello, and their length.
public struct ExtensionList: Message {
    public static var name: StaticString { "tls.extensions" }
    /// The number of bytes of all extensions.
    public var length = Derived<UInt16>()
    public var entries: [Extension] = []

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt16(truncatingIfNeeded: entries.reduce(0) { $0 + $1.byteCount() }))
        let left = c.remaining
        c.require("length", length.count == left, UInt64(length.value))
        c.sequence("list", &entries)
    }
    /// Returns the first application protocol of the list; nil if it has none.
    func applicationProtocol(in packet: RawSpan) -> String? {
        entries.lazy.compactMap(\.protocols).first?.names.first?.text.string(in: packet)
    }
}

/// An extension of a hello (RFC 8446, section 4.2). An extension without its own description has `data`.
public struct Extension: Message {
    public static var name: StaticString { "tls.extension" }
    public var type = ExtensionType(rawValue: 0xffff)
    /// The number of bytes after this field.
    public var length = Derived<UInt16>()
    /// The name of the host that the client requests; nil in an empty extension, which a server sends.
    public var serverName: ServerName?
    /// The application protocols: all that a client offers, or the one that the server chose.
    public var protocols: ProtocolNames?
    public var versions: SupportedVersions?
    public var data = Bytes()

    public init() {}
    public static var variants: [Self] {
        var (name, protocols, versions) = (Self(), Self(), Self())
        (name.type, name.serverName) = (.serverName, ServerName())
        (protocols.type, protocols.protocols) = (.applicationProtocols, ProtocolNames())
        (versions.type, versions.versions) = (.supportedVersions, SupportedVersions())
        return [Self(), name, protocols, versions]
    }

    /// The application protocol that a hello offers or chooses, in its summary.
    static let protocolSummary = MessageSummary.Part.found(
        "extensions.list", where: "type", is: "application_layer_protocol_negotiation",
        [", protocol ", .each("protocols.names", [.name("text")])])

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let count = UInt16(truncatingIfNeeded: bodyCount)
        c.field("type", &type)
        c.derived("length", &length, count)
        let isNamed = type == .serverName && (C.reads ? length.value > 0 : true)
        c.optional(
            "server_name", &serverName, present: isNamed, like: ServerName(), length: length.count, by: "length")
        c.optional(
            "protocols", &protocols, present: type == .applicationProtocols, like: ProtocolNames(),
            length: length.count, by: "length")
        c.optional(
            "versions", &versions, present: type == .supportedVersions, like: SupportedVersions(),
            length: length.count, by: "length")
        let isKnown = serverName != nil || protocols != nil || versions != nil
        c.bytes("data", &data, count: isKnown ? 0 : length.count, by: "length")
    }
    private var bodyCount: Int {
        (serverName?.byteCount() ?? 0) + (protocols?.byteCount() ?? 0) + (versions?.byteCount() ?? 0) + data.count
    }
}

/// The host that a client requests (RFC 6066, section 3). The list has one name.
public struct ServerName: Message {
    public static var name: StaticString { "tls.server_name" }
    public var listLength = Derived<UInt16>()
    /// The type of the name; 0 is a host name.
    public var type: UInt8 = 0
    public var length = Derived<UInt16>()
    public var host = Text()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("list_length", &listLength, UInt16(truncatingIfNeeded: host.count + 3))
        let left = c.remaining
        c.require("list_length", listLength.count == left, UInt64(listLength.value))
        c.field("type", &type)
        c.derived("length", &length, UInt16(truncatingIfNeeded: host.count))
        c.bytes("host", &host, count: length.count, by: "length")
    }
}

/// The application protocols (RFC 7301, section 3.1), such as `http/1.1`.
public struct ProtocolNames: Message {
    public static var name: StaticString { "tls.protocols" }
    public var length = Derived<UInt16>()
    public var names: [ProtocolName] = []

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt16(truncatingIfNeeded: names.reduce(0) { $0 + 1 + $1.text.count }))
        let left = c.remaining
        c.require("length", length.count == left, UInt64(length.value))
        c.sequence("names", &names)
    }
}

/// An application protocol.
public struct ProtocolName: Message {
    public static var name: StaticString { "tls.protocol" }
    public var length = Derived<UInt8>()
    public var text = Text()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt8(truncatingIfNeeded: text.count))
        c.bytes("text", &text, count: length.count, by: "length")
    }
}

/// The versions that a client offers, or the one that the server chose (RFC 8446, section 4.2.1).
public struct SupportedVersions: Message {
    public static var name: StaticString { "tls.supported_versions" }
    /// The version that the server chose.
    public var chosen: ProtocolVersion?
    /// The number of bytes of the versions that a client offers.
    public var length: UInt8?
    public var offered: [ProtocolVersion] = []

    public init() {}
    public static var variants: [Self] {
        var (client, server) = (Self(), Self())
        client.length = 0
        server.chosen = .tls13
        return [client, server]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let isChosen = c.remaining == 2
        c.optional("chosen", &chosen, present: isChosen)
        c.optional("length", &length, present: !isChosen)
        c.list("offered", &offered, count: Int(length ?? 0) / 2, by: "length")
    }
}
