import CLinux
import Glibc

/// A queue of blocked signals. They wait to be read instead of having their usual effect.
final class SignalQueue {
    /// A descriptor that is readable if a signal has arrived.
    let descriptor: Int32
    private let signals: [Int32]

    /// Blocks the signals, also in threads that are started later.
    init(_ signals: [Int32]) {
        self.signals = signals
        var set = Self.set(signals)
        sigprocmask(SIG_BLOCK, &set, nil)
        descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
    }
    deinit { close(descriptor) }
    private static func set(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for s in signals { sigaddset(&set, s) }
        return set
    }
    /// Returns the next signal that has arrived; nil without one.
    func next() -> Int32? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(descriptor, &info, size) == size ? Int32(info.ssi_signo) : nil
    }
    /// Lets a signal have its usual effect on this process.
    func perform(_ signal: Int32) {
        var set = Self.set([signal])
        kill(getpid(), signal)
        sigprocmask(SIG_UNBLOCK, &set, nil)
        if signals.contains(signal) { sigprocmask(SIG_BLOCK, &set, nil) }
    }
}
