/// A source of packets: one file, several files, or a device. It lends packets one at a time, so none is copied.
public protocol PacketSource: ~Copyable {
    /// Moves to the next packet. Returns false if there is no packet, or, for a device, no packet now. After an error
    /// no more packets follow.
    mutating func advance() throws(CaptureError) -> Bool
    /// Returns the packet that `advance` found.
    @_lifetime(borrow self)
    func current() -> Packet
}
