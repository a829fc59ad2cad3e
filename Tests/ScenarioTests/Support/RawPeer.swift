import Glibc
import Node
import Wire

/// A listening socket with a thread that passes each connection to a closure. It acts as a peer that a `Node` cannot
/// be, for example a peer that does not read.
final class RawPeer: Sendable {
    let listener: Int32
    let address: Endpoint
    let thread: pthread_t

    /// The arguments of the thread.
    private final class Work: Sendable {
        let listener: Int32
        let body: @Sendable (Int32) -> Void
        init(_ listener: Int32, _ body: @escaping @Sendable (Int32) -> Void) {
            self.listener = listener
            self.body = body
        }
    }
    struct Failure: Error {}

    init(_ body: @escaping @Sendable (Int32) -> Void) throws {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var a = sockaddr_in()
        a.sin_family = sa_family_t(AF_INET)
        a.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &a) { p in
            p.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, size) == 0 && listen(fd, 16) == 0 && getsockname(fd, $0, &size) == 0
            }
        }
        guard fd >= 0, bound else { throw Failure() }
        listener = fd
        address = .loopback(UInt16(bigEndian: a.sin_port))
        let work = Unmanaged.passRetained(Work(fd, body))
        var thread = pthread_t()
        guard
            pthread_create(
                &thread, nil,
                { raw in
                    guard let raw else { return nil }
                    let work = Unmanaged<Work>.fromOpaque(raw).takeRetainedValue()
                    while true {
                        let connection = accept(work.listener, nil, nil)
                        guard connection >= 0 else { return nil }
                        work.body(connection)
                        close(connection)
                    }
                }, work.toOpaque()) == 0
        else { throw Failure() }
        self.thread = thread
    }
    /// Waits for the thread. The closure must return when its connection ends.
    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        pthread_join(thread, nil)
        close(listener)
    }
    /// Sends all bytes, or the part that the other side takes. Reads nothing.
    static func send(_ bytes: [UInt8], on fd: Int32) -> Int {
        var sent = 0
        while sent < bytes.count {
            let n = bytes.withUnsafeBytes { p in
                Glibc.send(fd, p.baseAddress.map { $0 + sent }, p.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard n > 0 else { break }
            sent += n
        }
        return sent
    }
    /// Waits until the other side ends the connection (0x2000 is POLLRDHUP, which Glibc does not export).
    static func waitForEnd(_ fd: Int32) {
        var p = pollfd(fd: fd, events: 0x2000, revents: 0)
        while poll(&p, 1, -1) < 0, errno == EINTR {}
    }
}
