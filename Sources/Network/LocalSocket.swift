internal import CLinux
internal import Glibc

/// A Unix domain socket and its file, which only its owner may open.
struct LocalSocket {
    var socket: Socket
    let path: String
    /// The identity of the file, to detect another file at the same path.
    private let device: UInt
    private let inode: UInt

    /// The maximum number of bytes of a path. The system keeps 108 bytes, including a zero.
    static var maximumPath: Int { MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1 }

    /// Listens at a path. Replaces an own socket without a listener, but no other file.
    static func listen(at path: String) throws(NetworkError) -> LocalSocket {
        func failure(_ reason: String) -> NetworkError { NetworkError("listen on", path, reason) }
        guard path.utf8.count <= maximumPath, !path.isEmpty else {
            throw failure("the path must have 1 to \(maximumPath) bytes")
        }
        if let there = file(path) {
            guard there.mode & S_IFMT == S_IFSOCK else { throw failure("a file that is not a socket exists there") }
            guard there.owner == getuid() else { throw failure("a socket of another user exists there") }
            do throws(NetworkError) {
                try connect(to: path).close()
                throw failure("another process already listens there")
            } catch {
                guard error.reason == Socket.error(ECONNREFUSED) else {
                    throw error.action == "listen on" ? error : failure(error.reason)
                }
            }
            unlink(path)
        }
        guard let s = Socket.open(AF_UNIX, SOCK_STREAM) else { throw failure(Socket.error(errno)) }
        // No other user may open the file from the first moment: it gets the mode of the socket. (The mask of the
        // process would also apply to files that other threads create meanwhile.)
        let bound = fchmod(s.descriptor, 0o600) == 0 ? withAddress(path) { bind(s.descriptor, $0, $1) } : -1
        if bound == 0, Glibc.listen(s.descriptor, 16) == 0, let file = file(path), file.mode & 0o077 == 0 {
            return LocalSocket(socket: s, path: path, device: file.device, inode: file.inode)
        }
        let code = errno
        s.close()
        if bound == 0 { unlink(path) }
        throw failure(Socket.error(code))
    }
    /// Connects to the listener at a path.
    static func connect(to path: String) throws(NetworkError) -> Socket {
        guard path.utf8.count <= maximumPath, !path.isEmpty else {
            throw NetworkError("connect to", path, "the path must have 1 to \(maximumPath) bytes")
        }
        guard let s = Socket.open(AF_UNIX, SOCK_STREAM) else {
            throw NetworkError("connect to", path, Socket.error(errno))
        }
        guard withAddress(path, { Glibc.connect(s.descriptor, $0, $1) }) == 0 else {
            s.close()
            throw NetworkError("connect to", path, Socket.error(errno))
        }
        return s
    }
    /// Stops listening and removes the file, unless another file has replaced it.
    func close() {
        socket.close()
        if let there = Self.file(path), there.device == device, there.inode == inode { unlink(path) }
    }

    private static func file(_ path: String) -> (mode: UInt32, owner: UInt32, device: UInt, inode: UInt)? {
        var s = stat()
        return lstat(path, &s) == 0 ? (s.st_mode, s.st_uid, s.st_dev, s.st_ino) : nil
    }
    static func withAddress<R>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        var a = sockaddr_un()
        a.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &a.sun_path) { $0.copyBytes(from: path.utf8.prefix(maximumPath)) }
        return Socket.withAddress(of: a, body)
    }
}
