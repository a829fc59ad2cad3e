internal import CLinux
internal import Glibc
public import Node

/// A non-blocking socket. Its owner must close it.
struct Socket {
    var descriptor: Int32

    static func error(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Creates a socket of the family that the endpoint needs.
    static func open(for endpoint: Endpoint, _ transport: Transport = .tcp) -> Socket? {
        open(endpoint.v4 != nil ? AF_INET : AF_INET6, transport == .tcp ? SOCK_STREAM : SOCK_DGRAM)
    }
    static func open(_ family: Int32, _ kind: __socket_type) -> Socket? {
        let type = Int32(kind.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let fd = socket(family, type, 0)
        return fd >= 0 ? Socket(descriptor: fd) : nil
    }
    func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) {
        withUnsafeBytes(of: value) { p in
            _ = setsockopt(descriptor, level, option, p.baseAddress, socklen_t(p.count))
        }
    }
    /// Sends small messages at once.
    func dontDelay() { set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1)) }
    /// Makes the next `close` send RST.
    func resetOnClose() {
        set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }
    /// Sends FIN. Bytes from the other side are still read.
    func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
    /// The error of a connection that was begun; 0 if there is no error.
    var pendingError: Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }
    /// Closes a socket that listens. A program that starts now may hold it a little longer, but it takes no connections.
    func endListening() {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
        close()
    }
    /// Closes the socket without changing `errno`.
    func close() {
        let code = errno
        _ = Glibc.close(descriptor)
        errno = code
    }

    /// Returns whether another socket keeps a server from an address of this machine. Old connections of a server that has
    /// ended do not.
    static func isTaken(_ e: Endpoint, _ transport: Transport) -> Bool {
        guard let socket = open(for: e, transport) else { return false }
        defer { socket.close() }
        socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
        return !socket.bind(to: e) && errno == EADDRINUSE
    }
    /// Binds the socket to an address. Returns false with the reason in `errno` if that fails.
    func bind(to e: Endpoint) -> Bool { Self.withAddress(e) { Glibc.bind(descriptor, $0, $1) } == 0 }
    /// Calls `body` with the endpoint in the form of the system.
    static func withAddress<R>(_ e: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if let v4 = e.v4 {
            var a = sockaddr_in()
            a.sin_family = sa_family_t(AF_INET)
            a.sin_port = e.port.bigEndian
            a.sin_addr.s_addr = v4.bigEndian
            return withAddress(of: a, body)
        }
        var a = sockaddr_in6()
        a.sin6_family = sa_family_t(AF_INET6)
        a.sin6_port = e.port.bigEndian
        withUnsafeMutableBytes(of: &a.sin6_addr) { $0.copyBytes(from: e.address) }
        return withAddress(of: a, body)
    }
    /// Calls `body` with an address of one family.
    static func withAddress<A, R>(of address: A, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafePointer(to: address) { p in
            p.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<A>.size)) }
        }
    }
    /// Lets `body` write an address of any family.
    static func fill<R>(
        _ storage: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> R
    ) -> R {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { p in
            p.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
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
    /// The address to which this socket is bound.
    var local: Endpoint? {
        var storage = sockaddr_storage()
        return Self.fill(&storage) { getsockname(descriptor, $0, &$1) } == 0 ? Self.endpoint(&storage) : nil
    }
    /// The address of connections without an address.
    static var nowhere: Endpoint { Endpoint(high: 0, low: 0, port: 0) }
    /// Accepts the next connection of a listening socket; nil if no connection waits. Connections within this machine
    /// have the address `nowhere`.
    func accept(isLocal: Bool) -> (Socket, Endpoint)? {
        var storage = sockaddr_storage()
        let fd = Self.fill(&storage) { Glibc.accept(descriptor, $0, &$1) }
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

/// The resolution of names to addresses.
public enum Resolver {
    /// Returns an endpoint for `HOST:PORT`. Asks the system if HOST is a name, and uses the first address.
    public static func resolve(_ text: String) throws(NetworkError) -> Endpoint {
        if let e = Endpoint(text) { return e }
        // A name has no colon. With several colons, the text is an IPv6 address without its brackets.
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
        memcpy(&storage, address, min(MemoryLayout<sockaddr_storage>.size, Int(first.pointee.ai_addrlen)))
        guard var e = Socket.endpoint(&storage) else { throw NetworkError("resolve", text, "not an IP address") }
        e.port = port
        return e
    }
}
