internal import CLinux
internal import Glibc
public import Node

/// A non-blocking socket. Closed by its owner, not by itself.
struct Socket {
    var descriptor: Int32

    static func error(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// A new socket of the family that the endpoint needs.
    static func open(for endpoint: Endpoint, _ transport: Transport = .tcp) -> Socket? {
        let family = endpoint.v4 != nil ? AF_INET : AF_INET6
        let kind = Int32(transport == .tcp ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        let type = kind | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let fd = socket(family, type, 0)
        guard fd >= 0 else { return nil }
        return Socket(descriptor: fd)
    }
    func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var v = value
        setsockopt(descriptor, level, option, &v, socklen_t(MemoryLayout<Int32>.size))
    }
    /// Small messages go out at once.
    func dontDelay() { set(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
    /// The next `close` sends RST.
    func resetOnClose() {
        var l = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &l, socklen_t(MemoryLayout<linger>.size))
    }
    /// What went wrong with a connection that was begun; 0 when nothing did.
    var pendingError: Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }
    func close() { _ = Glibc.close(descriptor) }

    /// Whether the socket has this address now; the reason in `errno` when not.
    func bind(to e: Endpoint) -> Bool { Self.withAddress(e) { Glibc.bind(descriptor, $0, $1) } == 0 }
    /// Calls `body` with the endpoint as the system wants it.
    static func withAddress<R>(_ e: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if let v4 = e.v4 {
            var a = sockaddr_in()
            a.sin_family = sa_family_t(AF_INET)
            a.sin_port = e.port.bigEndian
            a.sin_addr.s_addr = v4.bigEndian
            return withUnsafePointer(to: &a) { p in
                p.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        var a = sockaddr_in6()
        a.sin6_family = sa_family_t(AF_INET6)
        a.sin6_port = e.port.bigEndian
        withUnsafeMutableBytes(of: &a.sin6_addr) { $0.copyBytes(from: e.address) }
        return withUnsafePointer(to: &a) { p in
            p.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
        }
    }
    static func endpoint(_ storage: inout sockaddr_storage) -> Endpoint? {
        let family = Int32(storage.ss_family)
        return withUnsafePointer(to: &storage) { p in
            if family == AF_INET {
                return p.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Endpoint(
                        v4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr), port: UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
            guard family == AF_INET6 else { return nil }
            return p.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { a in
                var address = a.pointee.sin6_addr
                let bytes = withUnsafeBytes(of: &address) { [UInt8]($0) }
                return Endpoint(address: bytes, port: UInt16(bigEndian: a.pointee.sin6_port))
            }
        }
    }
    /// Where this socket is bound.
    var local: Endpoint? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let ok = withUnsafeMutablePointer(to: &storage) { p in
            p.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return ok == 0 ? Self.endpoint(&storage) : nil
    }
    /// The address of those who have none.
    static var nowhere: Endpoint { Endpoint(high: 0, low: 0, port: 0) }
    /// The next connection that waits on a listening socket; nil when none does. Those within this machine come from
    /// nowhere.
    func accept(isLocal: Bool) -> (Socket, Endpoint)? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let fd = withUnsafeMutablePointer(to: &storage) { p in
            p.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(descriptor, $0, &size) }
        }
        guard fd >= 0 else { return nil }
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        guard let peer = isLocal ? Self.nowhere : Self.endpoint(&storage) else {
            _ = Glibc.close(fd)
            return nil
        }
        return (Socket(descriptor: fd), peer)
    }
}

/// Names to addresses.
public enum Resolver {
    /// An endpoint from `HOST:PORT`, asking the system when HOST is a name. The first address that it gives is taken.
    public static func resolve(_ text: String) throws(NetworkError) -> Endpoint {
        if let e = Endpoint(text) { return e }
        // A name has no colon: more than one are an IPv6 address without its brackets.
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex,
            case let digits = text[text.index(after: colon)...], digits.first?.isNumber == true,
            let port = UInt16(digits)
        else {
            throw NetworkError(
                "resolve", text, "write HOST:PORT, for instance 127.0.0.1:7075 or [::1]:7075", isMalformed: true)
        }
        let host = String(text[..<colon])
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0, let first = list, let address = first.pointee.ai_addr else {
            throw NetworkError("resolve", text, String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(
                from: UnsafeRawBufferPointer(start: address, count: min($0.count, Int(first.pointee.ai_addrlen))))
        }
        guard var e = Socket.endpoint(&storage) else { throw NetworkError("resolve", text, "not an IP address") }
        e.port = port
        return e
    }
}
