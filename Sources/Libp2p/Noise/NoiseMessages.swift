public import Wire

/// The first message of the handshake (libp2p specs, noise): the key of the initiator, and an unencrypted payload,
/// which is empty.
public struct NoiseHello: Message {
    public static var name: StaticString { "libp2p.noise_hello" }
    public static var summary: MessageSummary { ["Noise: initiator's key ", .value("ephemeral")] }
    /// The length of the rest in bytes.
    public var length = Derived<UInt16>()
    /// An X25519 key for this connection only. Key logs identify the connection by it.
    public var ephemeral = Key32()
    public var payload = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt16(clamping: 32 + payload.count))
        c.require("length", length.count >= 32, UInt64(length.value))
        c.field("ephemeral", &ephemeral)
        c.bytes("payload", &payload, count: max(0, length.count - 32), by: "length")
    }
}

/// The second message of the handshake, sent by the responder. Its static key and its payload (`NoisePayload`) are
/// encrypted, each with a tag.
public struct NoiseAnswer: Message {
    public static var name: StaticString { "libp2p.noise_answer" }
    public static var summary: MessageSummary {
        ["Noise: responder's key ", .value("ephemeral"), ", encrypted identity"]
    }
    /// The length of the rest in bytes.
    public var length = Derived<UInt16>()
    public var ephemeral = Key32()
    public var staticKey = Fixed<48>()
    public var payload = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt16(clamping: 80 + payload.count))
        c.require("length", length.count >= 96, UInt64(length.value))
        c.field("ephemeral", &ephemeral)
        c.field("static", &staticKey)
        c.bytes("payload", &payload, count: max(0, length.count - 80), by: "length")
    }
}

/// The third message of the handshake, sent by the initiator.
public struct NoiseFinal: Message {
    public static var name: StaticString { "libp2p.noise_final" }
    public static var summary: MessageSummary { ["Noise: initiator's encrypted identity"] }
    /// The length of the rest in bytes.
    public var length = Derived<UInt16>()
    public var staticKey = Fixed<48>()
    public var payload = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt16(clamping: 48 + payload.count))
        c.require("length", length.count >= 64, UInt64(length.value))
        c.field("static", &staticKey)
        c.bytes("payload", &payload, count: max(0, length.count - 48), by: "length")
    }
}

/// A frame that carries data after the handshake: encrypted bytes of a stream, then their tag.
@frozen public struct NoiseFrame: Message {
    public static var name: StaticString { "libp2p.noise_frame" }
    public static var summary: MessageSummary { ["Noise frame, ", .size("sealed"), " encrypted"] }
    /// The length of `sealed` in bytes.
    public var length = Derived<UInt16>()
    public var sealed = Bytes()

    /// The number of bytes before the sealed part.
    public static let headerSize = 2
    /// The maximum content of a frame in bytes.
    public static let contentLimit = 65_535 - 16

    @inlinable public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt16(clamping: sealed.count))
        c.require("length", length.count >= 16, UInt64(length.value))
        c.bytes("sealed", &sealed, count: length.count, by: "length")
    }
}
