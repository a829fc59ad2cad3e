import Glibc
import Network
import Node
import Synchronization

/// A node over UDP sockets in its own thread, for runs against a remote node.
final class NodeThread: Sendable {
    let address: Endpoint
    private let work: Work
    private let thread: pthread_t

    private final class Work: Sendable {
        let make: @Sendable (Endpoint) -> any Node
        let bound = Mutex<Endpoint?>(nil)
        let isOver = Atomic<Bool>(false)
        init(_ make: @escaping @Sendable (Endpoint) -> any Node) { self.make = make }
        func run() {
            guard let driver = try? Driver(SocketNetwork()), let l = try? driver.listen(.loopback(0), .udp) else {
                return isOver.store(true, ordering: .relaxed)
            }
            driver.add(make(l.bound), listeners: [l.id], transport: .udp)
            bound.withLock { $0 = l.bound }
            while !isOver.load(ordering: .relaxed) { _ = driver.next(until: driver.now + .milliseconds(5)) }
        }
    }
    struct Failure: Error {}

    init(_ make: @escaping @Sendable (Endpoint) -> any Node) throws {
        work = Work(make)
        var thread = pthread_t()
        let raw = Unmanaged.passRetained(work).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, raw)
        guard code == 0 else { throw Failure() }
        self.thread = thread
        var at: Endpoint?
        while at == nil, !work.isOver.load(ordering: .relaxed) {
            at = work.bound.withLock { $0 }
            if at == nil { usleep(1000) }
        }
        guard let at else { throw Failure() }
        address = at
    }
    deinit {
        work.isOver.store(true, ordering: .relaxed)
        pthread_join(thread, nil)
    }
}
