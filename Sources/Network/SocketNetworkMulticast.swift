internal import CLinux
internal import Glibc
public import Node

extension SocketNetwork {
    /// Accepts the datagrams to a multicast group, and those to any address of this machine with its port. The group is
    /// joined on the interface that has the address `local`, and datagrams to the group are sent from there; with an
    /// unspecified address the system chooses the interface. The port may be shared with other programs. Returns `local`
    /// as the address that was bound.
    public func listen(
        joining group: Endpoint, at local: Endpoint
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        let isV4 = group.v4 != nil
        guard group.isMulticast, (local.v4 != nil) == isV4 else {
            throw NetworkError(
                "join", group.description, "\(local.host) has another kind of address", isMalformed: true)
        }
        guard let socket = Socket.open(for: group, .udp) else {
            throw NetworkError("join", group.description, Socket.error(errno))
        }
        socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
        // A socket that is bound to an address of its own gets no datagrams to a group.
        let any = isV4 ? Endpoint(v4: 0, port: local.port) : Endpoint(high: 0, low: 0, port: local.port)
        guard socket.bind(to: any), let bound = socket.local else {
            let error = NetworkError("listen on", any.description, Socket.error(errno))
            socket.close()
            throw error
        }
        guard isV4 ? socket.joinV4(group, at: local) : socket.joinV6(group, at: local) else {
            let error = NetworkError("join", group.description, Socket.error(errno))
            socket.close()
            throw error
        }
        let id = newID()
        datagramSockets[id] = DatagramSocket(socket, id: id, peer: nil, limit: maximumPeers)
        watch(socket, id, writing: false, change: false)
        return (ListenerID(id), Endpoint(high: local.high, low: local.low, port: bound.port))
    }
}

extension Socket {
    /// Makes the next routers the end of the way of multicast datagrams: RFC 6762, section 11, asks for this number.
    private static var hops: Int32 { 255 }

    /// Joins a group. Returns false with the reason in `errno` if that fails.
    fileprivate func joinV4(_ group: Endpoint, at local: Endpoint) -> Bool {
        var request = ip_mreqn()
        request.imr_multiaddr.s_addr = (group.v4 ?? 0).bigEndian
        request.imr_address.s_addr = (local.v4 ?? 0).bigEndian
        set(Int32(IPPROTO_IP), IP_MULTICAST_TTL, Self.hops)
        // Groups that other programs have joined are not ours.
        set(Int32(IPPROTO_IP), IP_MULTICAST_ALL, Int32(0))
        let size = socklen_t(MemoryLayout<ip_mreqn>.size)
        return setsockopt(descriptor, Int32(IPPROTO_IP), IP_MULTICAST_IF, &request, size) == 0
            && setsockopt(descriptor, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, &request, size) == 0
    }
    /// Joins a group. Returns false with the reason in `errno` if that fails.
    fileprivate func joinV6(_ group: Endpoint, at local: Endpoint) -> Bool {
        var request = ipv6_mreq()
        withUnsafeMutableBytes(of: &request.ipv6mr_multiaddr) { $0.copyBytes(from: group.address) }
        guard let index = local.isUnspecified ? 0 : Interfaces.number(with: local) else {
            errno = EADDRNOTAVAIL
            return false
        }
        request.ipv6mr_interface = index
        set(Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, Self.hops)
        set(Int32(IPPROTO_IPV6), IPV6_MULTICAST_IF, Int32(bitPattern: index))
        let size = socklen_t(MemoryLayout<ipv6_mreq>.size)
        return setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_JOIN_GROUP, &request, size) == 0
    }
}
