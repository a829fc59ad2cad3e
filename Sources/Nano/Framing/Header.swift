public import Wire

/// The 8 bytes before every message. They hold no length: type and extension bits define the layout.
public struct Header: Equatable, Sendable {
    static var count: Int { 8 }
    /// The network. A message of another network ends a connection.
    public var network = NetworkID.dev
    /// The highest protocol version of the sender. Receivers ignore it.
    public var versionMax: UInt8 = 0x15
    /// The only version that a receiver checks: it must be at least the receiver's own `version_min`.
    public var versionUsing: UInt8 = 0x15
    /// The lowest protocol version that the sender accepts. Receivers ignore it.
    public var versionMin: UInt8 = 0x14
    public var type: MessageType
    /// The bits that follow from the body. They are little-endian, unlike the network.
    public var extensions = Derived<UInt16>()

    /// Creates a header of the dev network, protocol version 0x15.
    @inlinable public init(_ type: MessageType) { self.type = type }
    /// Returns true if an extension bit is set.
    @inlinable public func has(_ bit: UInt16) -> Bool { extensions.value & bit != 0 }

    /// Codes the header as part of a message of type `expected` with these extension bits.
    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(
        _ c: inout C, _ expected: MessageType, _ bits: @autoclosure () -> UInt16
    ) {
        c.field("network", &network)
        c.field("version_max", &versionMax)
        c.field("version_using", &versionUsing)
        c.field("version_min", &versionMin)
        c.constant("type", &type, expected)
        c.derived("extensions", &extensions, .little, computed: bits())
    }
}
