/// The location of a packet in the window of a `ByteSource`, and its properties in the file.
struct PacketLocation {
    var time = Timestamp(nanoseconds: 0)
    /// The number of bytes on the wire.
    var length = 0
    var link = LinkType.null
    var interface = 0
    var data = 0..<0
    var options = 0..<0
    var isBigEndian = false
    /// The number of bytes of the window up to the next packet.
    var total = 0
}
