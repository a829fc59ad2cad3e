public import Wire

/// The 8 bytes before every message. They hold no length: type and extension bits state the layout.
public struct Header: Equatable, Sendable {
    static var count: Int { 8 }
    /// Messages of another network end a connection.
    public var network = NetworkID.dev
    /// Highest protocol version of the sender. Receivers ignore it.
    public var versionMax: UInt8 = 0x15
    /// The only version that a receiver checks: it must not be below its own `version_min`.
    public var versionUsing: UInt8 = 0x15
    /// Lowest protocol version that the sender accepts. Receivers ignore it.
    public var versionMin: UInt8 = 0x14
    /// The type of the message.
    public var type: MessageType
    /// Bits that follow from the body; little-endian, unlike the network.
    public var extensions = Derived<UInt16>()

    /// A header of the dev network, protocol version 0x15.
    @inlinable public init(_ type: MessageType) { self.type = type }
    /// Whether an extension bit is set.
    @inlinable public func has(_ bit: UInt16) -> Bool { extensions.value & bit != 0 }

    /// The layout, as part of a message of type `expected` with these extension bits.
    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(
        _ c: inout C, _ expected: MessageType, _ bits: @autoclosure () -> UInt16
    ) {
        c.field("network", &network)
        c.field("version_max", &versionMax)
        c.field("version_using", &versionUsing)
        c.field("version_min", &versionMin)
        c.constant("type", &type, expected)
        c.derived("extensions", &extensions, .little, bits())
    }
}
