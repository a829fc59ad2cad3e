internal import Node
import Wire

/// A message of a source that was whole: what `Reassembler` remembers of it for a while.
struct DoneMessage: Sendable {
    /// What it is found by. Each boot of a source has a number of its own.
    struct Key: ExpiringKey {
        let life: UInt64
        let msgID: UInt32
        let type: MessageType
        init(life: UInt64, _ h: Header) { (self.life, msgID, type) = (life, h.msgID, h.type) }
        @inline(__always)
        func add(to hash: inout WordHash) {
            hash.add(life)
            hash.add(UInt64(msgID) << 8 | UInt64(type.rawValue))
        }
    }
    /// The datagram that completed it.
    var number: Int
    var bodyCRC: UInt32
    var bodyLen: UInt32
    init(_ h: Header, number: Int) { (self.number, bodyCRC, bodyLen) = (number, h.bodyCRC.value, h.bodyLen.value) }
}
