internal import CLinux
internal import Glibc
public import Node

/// The listeners of this machine at an address where a node will listen.
///
/// Linux lists them under `/proc/net`, each with a number of its own. The number shows if another program still has the
/// address, or if the listener there is a new one.
public struct LocalOccupant: Sendable {
    private let endpoint: Endpoint
    private let transport: Transport
    private let sockets: Set<UInt64>

    /// Finds the listeners at an address. Returns nil if a node can listen there, or if the address belongs to another
    /// machine.
    public init?(at endpoint: Endpoint, _ transport: Transport) {
        guard endpoint.port != 0, Socket.isTaken(endpoint, transport) else { return nil }
        let sockets = Self.sockets(at: endpoint, transport)
        guard !sockets.isEmpty else { return nil }
        (self.endpoint, self.transport, self.sockets) = (endpoint, transport, sockets)
    }
    /// True if one of these sockets still listens there.
    public var isThere: Bool { !Self.sockets(at: endpoint, transport).isDisjoint(with: sockets) }

    private static func sockets(at endpoint: Endpoint, _ transport: Transport) -> Set<UInt64> {
        let name = transport == .tcp ? "tcp" : "udp"
        var out: Set<UInt64> = []
        for table in [name, name + "6"] {
            for line in lines("/proc/net/" + table) {
                let fields = line.split(separator: " ")
                guard fields.count > 9, transport == .udp || fields[3] == "0A" else { continue }
                let place = fields[1].split(separator: ":")
                guard place.count == 2, UInt16(place[1], radix: 16) == endpoint.port, let socket = UInt64(fields[9]),
                    receives(String(place[0]), for: endpoint)
                else { continue }
                out.insert(socket)
            }
        }
        return out
    }
    /// Returns true if a socket with this address, as the kernel writes it, receives what is sent to the endpoint.
    private static func receives(_ address: String, for endpoint: Endpoint) -> Bool {
        guard address.contains(where: { $0 != "0" }) else { return true }
        // The kernel writes words of 4 bytes in the order of the machine.
        var bytes: [UInt8] = []
        var rest = address[...]
        while let word = UInt32(rest.prefix(8), radix: 16), rest.count >= 8 {
            withUnsafeBytes(of: word) { bytes += $0 }
            rest = rest.dropFirst(8)
        }
        if bytes.count == 4 { bytes = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + bytes }
        return bytes == endpoint.address
    }
    private static func lines(_ path: String) -> [Substring] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let n = read(file, &chunk, chunk.count)
            guard n > 0 else { break }
            bytes += chunk[..<n]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map { $0 }
    }
}
