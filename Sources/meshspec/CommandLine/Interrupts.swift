import CLinux
import Glibc

/// Signals that ask the program to end, taken at a moment of its own choice, so that what it has goes out first and
/// what it started is stopped.
final class Interrupts {
    private let descriptor: Int32
    private(set) var signal: Int32?

    /// From here on SIGINT, SIGTERM and SIGHUP wait to be asked for.
    init() {
        var set = sigset_t()
        sigemptyset(&set)
        for s in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, s) }
        sigprocmask(SIG_BLOCK, &set, nil)
        descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
    }
    deinit { close(descriptor) }

    /// Exit status when one has come: 130, 143 or 129. The first one counts.
    var status: Int32? {
        if signal == nil {
            var info = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            if read(descriptor, &info, size) == size { signal = Int32(info.ssi_signo) }
        }
        return signal.map { 128 + $0 }
    }
}
