import CLinux
import Glibc

/// Signals that wait to be asked for, from here on, instead of doing what they do.
final class SignalQueue {
    /// Readable when one has come.
    let descriptor: Int32
    private let signals: [Int32]

    /// Threads that are started later leave these signals alone as well.
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
    /// The next one that has come; nil when none has.
    func next() -> Int32? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(descriptor, &info, size) == size ? Int32(info.ssi_signo) : nil
    }
    /// Lets a signal do to this process what it does where nobody waits for it.
    func perform(_ signal: Int32) {
        var set = Self.set([signal])
        kill(getpid(), signal)
        sigprocmask(SIG_UNBLOCK, &set, nil)
        if signals.contains(signal) { sigprocmask(SIG_BLOCK, &set, nil) }
    }
}
