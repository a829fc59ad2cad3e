import Glibc

/// A queue of the signals that ask the program to end. The program reads it when it can, so that it can write its
/// output and stop its child processes first.
final class Interrupts {
    private let queue = SignalQueue([SIGINT, SIGTERM, SIGHUP])
    private(set) var signal: Int32?

    /// Blocks SIGINT, SIGTERM and SIGHUP. They wait in the queue until the program asks for them.
    init() {}
    /// The exit status after a signal: 130, 143 or 129. The first signal decides. Nil without one.
    var status: Int32? {
        if signal == nil { signal = queue.next() }
        return signal.map { 128 + $0 }
    }
    /// Waits until a signal arrives, at most this number of milliseconds.
    func wait(atMost milliseconds: Int32) {
        guard signal == nil else { return }
        var p = pollfd(fd: queue.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&p, 1, milliseconds)
    }
}
