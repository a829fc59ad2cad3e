import Glibc
import Records

/// The terminal of a view. It delivers keys when they are pressed, and `leave` restores the screen that was there
/// before.
final class Terminal {
    /// The descriptor for keys.
    let input: Int32
    private var output = Output(1)
    private var saved: termios?

    /// Opens the terminal for keys. This is standard input, or the terminal of the process if standard input is used
    /// for a capture or is not a terminal.
    init(readsStandardInput: Bool) throws(CommandError) {
        input = !readsStandardInput && isatty(0) == 1 ? 0 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard input >= 0 else {
            throw CommandError(.system, at: "/dev/tty", "no terminal for keys: \(String(cString: strerror(errno)))")
        }
    }
    deinit {
        leave()
        if input > 0 { close(input) }
    }

    /// Takes over the screen, also again after another program had it.
    func enter() {
        if saved == nil {
            var now = termios()
            guard tcgetattr(input, &now) == 0 else { return }
            saved = now
        }
        guard var raw = saved else { return }
        // Keep the keys that send signals: the program that writes our input pipe also gets these signals.
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
        withUnsafeMutableBytes(of: &raw.c_cc) { keys in
            (keys[Int(VMIN)], keys[Int(VTIME)]) = (1, 0)
            // SIGQUIT would end the process without restoring the screen.
            keys[Int(VQUIT)] = 0
        }
        tcsetattr(input, TCSADRAIN, &raw)
        // Switch to the alternate screen and hide the cursor: xterm's private modes 1049 and 25.
        write(Array("\u{1b}[?1049h\u{1b}[?25l".utf8))
    }
    /// Restores the terminal.
    func leave() {
        guard var before = saved else { return }
        saved = nil
        write(Array("\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l".utf8))
        tcsetattr(input, TCSADRAIN, &before)
    }
    /// Shows bytes. Returns false if the terminal is closed.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        output.append { $0 += bytes }
        output.flush()
        return output.isOpen
    }
    /// Returns the bytes of pressed keys; nil if the terminal is closed. It blocks unless there are some.
    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let n = Glibc.read(input, &bytes, bytes.count)
        if n < 0, errno == EINTR || errno == EAGAIN { return [] }
        return n > 0 ? Array(bytes.prefix(n)) : nil
    }
    /// The size of the terminal; 80 x 24 if it is unknown.
    var size: ScreenSize {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return ScreenSize(columns: 80, rows: 24)
        }
        return ScreenSize(columns: min(Int(size.ws_col), 1000), rows: min(Int(size.ws_row), 500))
    }
}
