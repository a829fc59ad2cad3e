import Glibc

/// Signals that ask the program to end, taken at a moment of its own choice, so that what it has goes out first and
/// what it started is stopped.
final class Interrupts {
    private let queue = SignalQueue([SIGINT, SIGTERM, SIGHUP])
    private(set) var signal: Int32?

    /// From here on SIGINT, SIGTERM and SIGHUP wait to be asked for.
    init() {}
    /// Exit status when one has come: 130, 143 or 129. The first one counts.
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
