public import Wire

/// The beginning of an association from one side, or its answer (RFC 9260, sections 3.3.2 and 3.3.3).
public struct InitiationChunk: Message {
    public static var name: StaticString { "sctp.init" }
    /// The tag that the other side puts into its packets.
    public var tag: UInt32 = 0
    /// The number of bytes for which the sender has room.
    public var window: UInt32 = 0
    public var outboundStreams: UInt16 = 0
    public var inboundStreams: UInt16 = 0
    /// The first TSN of the sender.
    public var initialTSN: UInt32 = 0
    /// The parameters, with the cookie in an answer.
    public var parameters: [SCTPParameter] = []

    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.parameters = SCTPParameter.variants
        return [full]
    }
    public static var meanings: [String: FieldMeaning] { ["initiate_tag": .hexadecimal(digits: 8)] }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("initiate_tag", &tag)
        c.field("a_rwnd", &window)
        c.field("outbound_streams", &outboundStreams)
        c.field("inbound_streams", &inboundStreams)
        c.field("initial_tsn", &initialTSN)
        if !C.reads { SCTPParameter.pad(&parameters) }
        c.sequence("parameters", &parameters)
    }
}

/// The type of a parameter (RFC 9260, section 3.3, RFC 6525, section 4, and RFC 3758, section 3.1).
public struct SCTPParameterType: CodePoint {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let heartbeatInformation = Self(rawValue: 1)
    public static let stateCookie = Self(rawValue: 7)
    public static let outgoingReset = Self(rawValue: 13)
    public static let reconfigurationResponse = Self(rawValue: 16)
    public static let names = [
        CodeName(1, "heartbeat_information"), CodeName(5, "ipv4_address"), CodeName(6, "ipv6_address"),
        CodeName(7, "state_cookie"), CodeName(8, "unrecognized_parameter"), CodeName(9, "cookie_preservative"),
        CodeName(12, "supported_address_types"), CodeName(13, "outgoing_ssn_reset"),
        CodeName(14, "incoming_ssn_reset"), CodeName(15, "ssn_tsn_reset"), CodeName(16, "re_configuration_response"),
        CodeName(17, "add_outgoing_streams"), CodeName(18, "add_incoming_streams"), CodeName(0x8000, "ecn_capable"),
        CodeName(0x8001, "zero_checksum_acceptable"), CodeName(0x8002, "random"), CodeName(0x8003, "chunk_list"),
        CodeName(0x8004, "requested_hmac_algorithm"), CodeName(0x8005, "padding"),
        CodeName(0x8008, "supported_extensions"), CodeName(0xc000, "forward_tsn_supported"),
        CodeName(0xc006, "adaptation_layer_indication"),
    ]
}

/// A parameter of a chunk: a type, a length with this header, and a value that is padded to 4 bytes.
public struct SCTPParameter: Message {
    public static var name: StaticString { "sctp.parameter" }
    public var type = SCTPParameterType.heartbeatInformation
    public var length = Derived<UInt16>()
    public var reset: OutgoingReset?
    public var response: ReconfigurationResponse?
    public var value = Bytes()
    public var padding = Bytes()

    public init() {}
    public static var variants: [Self] {
        var (reset, response) = (Self(), Self())
        (reset.type, reset.reset) = (.outgoingReset, OutgoingReset())
        (response.type, response.response) = (.reconfigurationResponse, ReconfigurationResponse())
        return [Self(), reset, response]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("type", &type)
        let content = C.reads ? 0 : (reset?.byteCount() ?? 0) + (response?.byteCount() ?? 0) + value.count
        c.derived("length", &length, UInt16(clamping: SCTPChunk.headerSize + content))
        c.require("length", length.count >= SCTPChunk.headerSize, UInt64(length.value))
        let count = max(0, length.count - SCTPChunk.headerSize)
        let (isReset, isResponse) = (type == .outgoingReset, type == .reconfigurationResponse)
        c.optional("reset", &reset, present: isReset, like: OutgoingReset(), length: count, by: "length")
        c.optional(
            "response", &response, present: isResponse, like: ReconfigurationResponse(), length: count, by: "length")
        if !isReset && !isResponse || !C.reads && value.count > 0 {
            c.bytes("value", &value, count: count, by: "length")
        }
        c.padding(&padding, after: C.reads ? count : content, isOptional: true)
    }
    /// Pads all parameters but the last one, whose padding belongs to the chunk.
    static func pad(_ list: inout [Self]) {
        for i in list.indices.dropLast() where list[i].padding.count == 0 {
            let count = -list[i].byteCount() & 3
            if count > 0 { list[i].padding = Bytes([UInt8](repeating: 0, count: count)) }
        }
    }
}

/// The request to reset the outgoing streams of its sender (RFC 6525, section 4.1), which closes data channels
/// (RFC 8831, section 6.7).
public struct OutgoingReset: Message {
    public static var name: StaticString { "sctp.outgoing_reset" }
    public var request: UInt32 = 0
    public var response: UInt32 = 0
    public var lastTSN: UInt32 = 0
    /// The streams; an empty list means every stream.
    public var streams: [StreamNumber] = []
    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.streams = [StreamNumber()]
        return [full]
    }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("request_sequence", &request)
        c.field("response_sequence", &response)
        c.field("last_tsn", &lastTSN)
        c.sequence("streams", &streams)
    }
}

/// The number of a stream in a list.
public struct StreamNumber: Message {
    public static var name: StaticString { "sctp.stream" }
    public var number: UInt16 = 0
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.field("number", &number) }
}

/// The answer to a request (RFC 6525, section 4.4). Result 1 means that it was done. It may end with the TSNs of both
/// sides.
public struct ReconfigurationResponse: Message {
    public static var name: StaticString { "sctp.re_configuration_response" }
    public var response: UInt32 = 0
    public var result: UInt32 = 0
    public var rest = Bytes()
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("response_sequence", &response)
        c.field("result", &result)
        c.rest("tsns", &rest)
    }
}

/// The parameters that fill a chunk.
public struct SCTPParameterList: Message {
    public static var name: StaticString { "sctp.parameters" }
    public var entries: [SCTPParameter] = []
    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.entries = SCTPParameter.variants
        return [full]
    }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if !C.reads { SCTPParameter.pad(&entries) }
        c.sequence("list", &entries)
    }
}
