internal import CLinux
internal import Glibc
public import Node

/// The network interfaces of this machine.
public enum Interfaces {
    /// Returns the addresses of the interfaces that are up, each with this port: of other machines first, then of this
    /// machine alone (loopback). Link-local addresses are left out, because they are valid on one interface only.
    /// `family` is an address of the wanted family: IPv4, or else IPv6. Returns an empty array if the system has no list.
    public static func addresses(like family: Endpoint, port: UInt16) -> [Endpoint] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var out: [Endpoint] = []
        var next = list
        while let one = next {
            next = one.pointee.ifa_next
            guard one.pointee.ifa_flags & UInt32(IFF_UP) != 0, let raw = one.pointee.ifa_addr else { continue }
            let size: Int
            switch Int32(raw.pointee.sa_family) {
            case AF_INET where family.v4 != nil: size = MemoryLayout<sockaddr_in>.size
            case AF_INET6 where family.v4 == nil: size = MemoryLayout<sockaddr_in6>.size
            default: continue
            }
            var storage = sockaddr_storage()
            memcpy(&storage, raw, size)
            guard var address = Socket.endpoint(&storage), address.high >> 54 != 0xfe80 >> 6 else { continue }
            address.port = port
            if !out.contains(address) { out.append(address) }
        }
        return out.filter { !$0.isLoopback } + out.filter(\.isLoopback)
    }
}
