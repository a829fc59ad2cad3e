/// The place of a message of a capture in the layers of its datagrams. Layers carry the messages of others, for example
/// encrypted.
public struct LayerPlace: Sendable {
    /// A part of a unit of the layer below.
    public struct Origin: Sendable {
        /// The number that the observer gave to the unit.
        public var unit: Int
        /// The number of the datagram of the unit.
        public var datagram: Int
        /// The range of the unit's bytes from which the message, or a part of it, was made.
        public var range: Range<Int>
        /// Creates the origin of a message.
        public init(unit: Int, datagram: Int, range: Range<Int>) {
            (self.unit, self.datagram, self.range) = (unit, datagram, range)
        }
    }
    /// The path, as of a record of a capture: the names of the layers and of the protocol, such as `dtls/sctp`.
    public var path: String
    /// The name of the protocol or layer.
    public var protocolName: String
    /// True for a unit that is only of interest for its content, which has messages of its own.
    public var isCarrier: Bool
    /// True for a unit whose content is encrypted and cannot be read.
    public var isSealed = false
    /// The number of the unit, for the origins of later messages; nil if it carries none. Numbers ascend.
    public var unit: Int?
    /// The units of the layer below that brought the bytes, in order; empty without a layer below.
    public var origins: [Origin] = []
    /// A remark about the conversation for people, such as the reason why none of it can be read: one line.
    public var remark: String?
    /// Creates a place.
    public init(_ path: String, of protocolName: String, isCarrier: Bool = false) {
        (self.path, self.protocolName, self.isCarrier) = (path, protocolName, isCarrier)
    }
}
