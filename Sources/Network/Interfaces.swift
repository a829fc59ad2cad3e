internal import CLinux
internal import Glibc
public import Node

/// The network interfaces of this machine.
public enum Interfaces {
    /// Returns the addresses of the interfaces that are up, each with this port: of other machines first, then of this
    /// machine alone (loopback). Link-local addresses are left out, because they are valid on one interface only.
    /// `family` is an address of the wanted family: IPv4, or else IPv6. Returns an empty array if the system has no list.
    public static func addresses(like family: Endpoint, port: UInt16) -> [Endpoint] {
        var out: [Endpoint] = []
        for one in all where one.isUp {
            var address = one.address
            guard (address.v4 == nil) == (family.v4 == nil), address.high >> 54 != 0xfe80 >> 6 else { continue }
            address.port = port
            if !out.contains(address) { out.append(address) }
        }
        return out.filter { !$0.isLoopback } + out.filter(\.isLoopback)
    }
    /// Returns the number of the interface that has an IPv6 address; nil if no interface has it.
    static func number(with address: Endpoint) -> UInt32? {
        all.first { $0.address.high == address.high && $0.address.low == address.low }.map { if_nametoindex($0.name) }
    }
    private struct Interface {
        var name: String
        var isUp: Bool
        /// One of its addresses, with port 0.
        var address: Endpoint
    }
    /// The IPv4 and IPv6 addresses of all interfaces.
    private static var all: [Interface] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var out: [Interface] = []
        var next = list
        while let one = next {
            next = one.pointee.ifa_next
            guard let raw = one.pointee.ifa_addr else { continue }
            let size: Int
            switch Int32(raw.pointee.sa_family) {
            case AF_INET: size = MemoryLayout<sockaddr_in>.size
            case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
            default: continue
            }
            var storage = sockaddr_storage()
            memcpy(&storage, raw, size)
            guard let address = Socket.endpoint(&storage) else { continue }
            let isUp = one.pointee.ifa_flags & UInt32(IFF_UP) != 0
            out.append(Interface(name: String(cString: one.pointee.ifa_name), isUp: isUp, address: address))
        }
        return out
    }
}
