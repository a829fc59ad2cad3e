/// Where a packet lies in the window of a `ByteSource`, and what the file says of it.
struct PacketLocation {
    var time = Timestamp(nanoseconds: 0)
    /// Bytes on the wire.
    var length = 0
    var link = LinkType.null
    var interface = 0
    var data = 0..<0
    var options = 0..<0
    var isBigEndian = false
    /// Bytes of the window up to the next packet.
    var total = 0
}
