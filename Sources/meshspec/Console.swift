import CLinux
import Glibc
import Report

/// Text for people on standard error, short answers on standard output.
enum Console {
    static func error(_ text: String) { write(text + "\n", to: 2) }
    /// A line of standard output; returns the status of success, also when nobody reads any more.
    @discardableResult
    static func print(_ text: String) -> Int32 {
        write(text + "\n", to: 1)
        return ExitCode.good
    }
    /// Text or bytes at once.
    static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var output = Output(descriptor)
        output.append { $0 += bytes }
        output.flush()
    }
    static var isTerminal: Bool { isatty(2) == 1 }
    /// Columns of the terminal; 100 when there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Colour on a terminal and not under NO_COLOR, unless the command line says otherwise.
    static func style(_ invocation: Invocation, descriptor: Int32 = 2) throws(UsageError) -> Style {
        let when = try invocation.word("--color", ["auto", "always", "never"])
        let mayColour = isatty(descriptor) == 1 && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
        let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
        let isPlain = locale == "C" || locale == "POSIX"
        return Style(hasColour: when == "always" || when == "auto" && mayColour, hasUnicode: !isPlain, width: width)
    }
}
