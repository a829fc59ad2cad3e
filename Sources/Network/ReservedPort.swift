internal import CLinux
internal import Glibc
public import Node

/// A port of loopback that no other meshspec process reserves while this object lives. The port itself stays free for
/// the node that will listen at it.
public final class ReservedPort {
    public let port: UInt16
    private let mark: Socket

    /// Below the ephemeral ports of the system, which the system could give to another program before the node listens.
    private static let range: Range<UInt16> = 20_000..<32_000
    private static let attempts = 256

    /// Reserves a free port.
    /// - Throws: `NetworkError` if none of many ports is free.
    public convenience init(_ transport: Transport) throws(NetworkError) {
        // The first choice follows from the process number, so that simultaneous processes seldom meet.
        var port = Self.range.lowerBound + UInt16(Int(getpid()) % Self.range.count)
        for _ in 0..<Self.attempts {
            if let mark = Self.mark(port) {
                if !Socket.isTaken(.loopback(port), transport) {
                    self.init(port, mark)
                    return
                }
                mark.close()
            }
            port = .random(in: Self.range)
        }
        throw NetworkError("reserve", "a port of 127.0.0.1", "\(Self.attempts) ports of \(Self.range) are taken")
    }
    private init(_ port: UInt16, _ mark: Socket) {
        self.port = port
        self.mark = mark
    }
    deinit { mark.close() }

    /// An abstract Unix socket, whose name only one process can have, and which ends with the process.
    private static func mark(_ port: UInt16) -> Socket? {
        guard let s = Socket.open(AF_UNIX, SOCK_STREAM) else { return nil }
        let bound = LocalSocket.withAddress("\0meshspec-port-\(port)") { bind(s.descriptor, $0, $1) }
        if bound == 0 { return s }
        s.close()
        return nil
    }
}
