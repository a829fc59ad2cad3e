/// Where packets come from: a file, several, or a device. Packets are lent one at a time, so that none is copied.
public protocol PacketSource: ~Copyable {
    /// Goes to the next packet; false when there is none, of a device: none now. After an error there are no more.
    mutating func advance() throws(CaptureError) -> Bool
    /// The packet that `advance` found, when it found one.
    @_lifetime(borrow self)
    func current() -> Packet
}
