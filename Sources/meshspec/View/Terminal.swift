import Glibc
import Report

/// The terminal while a view is on it: keys come as they are pressed, and what was on the screen before waits until
/// `leave`.
final class Terminal {
    /// Where keys come from.
    let input: Int32
    private var output = Output(1)
    private var saved: termios?

    /// Keys come from standard input; from the terminal of the process where that is none, or is something else.
    init(readsStandardInput: Bool) throws(CommandError) {
        input = !readsStandardInput && isatty(0) == 1 ? 0 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard input >= 0 else {
            throw CommandError("no terminal for keys: /dev/tty: \(String(cString: strerror(errno)))")
        }
    }
    deinit {
        leave()
        if input > 0 { close(input) }
    }

    /// Takes the screen, also again after something else had it.
    func enter() {
        if saved == nil {
            var now = termios()
            guard tcgetattr(input, &now) == 0 else { return }
            saved = now
        }
        guard var raw = saved else { return }
        // Signals of keys stay: whoever writes the pipe that is read gets them as well.
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
        withUnsafeMutableBytes(of: &raw.c_cc) { keys in
            (keys[Int(VMIN)], keys[Int(VTIME)]) = (1, 0)
            // A core dump would leave the screen as it is.
            keys[Int(VQUIT)] = 0
        }
        tcsetattr(input, TCSADRAIN, &raw)
        // The other screen of the terminal, no cursor: xterm's private modes 1049 and 25.
        write(Array("\u{1b}[?1049h\u{1b}[?25l".utf8))
    }
    /// Gives the terminal back as it was.
    func leave() {
        guard var before = saved else { return }
        saved = nil
        write(Array("\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l".utf8))
        tcsetattr(input, TCSADRAIN, &before)
    }
    /// Shows bytes. False when the terminal went away.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        output.append { $0 += bytes }
        output.flush()
        return output.isOpen
    }
    /// The bytes of keys that were pressed; nil when the terminal went away. To be called when there are some.
    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let n = Glibc.read(input, &bytes, bytes.count)
        if n < 0, errno == EINTR || errno == EAGAIN { return [] }
        return n > 0 ? Array(bytes.prefix(n)) : nil
    }
    /// Its size; 80 x 24 where it does not say.
    var size: ScreenSize {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return ScreenSize(columns: 80, rows: 24)
        }
        return ScreenSize(columns: min(Int(size.ws_col), 1000), rows: min(Int(size.ws_row), 500))
    }
}
