import Node
import Wire

/// Addresses in the form of records. No memory is allocated for an address, because every HELLO_ACK and INFO_ACK has
/// dozens.
extension Endpoint {
    init(ip: Fixed<16>, port: UInt16) {
        let (high, low) = withUnsafeBytes(of: ip) {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low), port: port)
    }
    /// The 16 bytes of the address.
    var ip: Fixed<16> {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { $0.loadUnaligned(as: Fixed<16>.self) }
    }
}
