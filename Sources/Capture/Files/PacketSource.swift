public import Node

/// Where packets come from: a file, several, or a device. Packets are lent one at a time, so that none is copied.
public protocol PacketSource: ~Copyable {
    /// Goes to the next packet; false when there is none, of a device: none now. After an error there are no more.
    mutating func advance() throws(CaptureError) -> Bool
    /// The packet that `advance` found, when it found one.
    @_lifetime(borrow self)
    func current() -> Packet
    /// Keys that came so far, for the packets from the current one on.
    var secretCount: Int { get }
    /// The keys with a number below `secretCount`, in the order of the capture.
    func secrets(_ number: Int) -> Secrets
}
extension PacketSource where Self: ~Copyable {
    /// None: only pcapng files bring keys.
    public var secretCount: Int { 0 }
    /// Never asked for.
    public func secrets(_ number: Int) -> Secrets { Secrets(kind: 0, bytes: []) }
    /// The next packet; nil when there is none. After an error there are no more.
    @_lifetime(&self)
    public mutating func next() throws(CaptureError) -> Packet? {
        guard try advance() else { return nil }
        // Lent until `self` is changed again, which the lifetime of the result sees to.
        let found = unsafe _overrideLifetime(current(), copying: ())
        return unsafe _overrideLifetime(found, mutating: &self)
    }
}
