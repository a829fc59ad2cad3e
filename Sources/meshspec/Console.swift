import CLinux
import Glibc
import Report

/// Text for people on standard error, short answers on standard output.
enum Console {
    static func error(_ text: String) { write(text + "\n", to: 2) }
    /// A line of standard output; returns the status of success, also when nobody reads any more, but not when it
    /// could not be written, such as to a full disk.
    @discardableResult
    static func print(_ text: String) -> Int32 {
        guard let failure = write(text + "\n", to: 1) else { return ExitCode.good }
        error("meshspec: cannot write: \(failure)")
        return ExitCode.environment
    }
    /// Text or bytes at once; returns what went wrong. A reader that went away is no failure.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> String? { write(Array(text.utf8), to: descriptor) }
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> String? {
        var output = Output(descriptor)
        output.append { $0 += bytes }
        output.flush()
        if case .failed(let why)? = output.end { return why }
        return nil
    }
    /// Somebody watches standard error on a terminal that can move its cursor.
    static var isTerminal: Bool { isatty(2) == 1 && variable("TERM") != "dumb" }
    /// Columns of the terminal; `Int.max` when there is none.
    static func width(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard isatty(descriptor) == 1 else { return .max }
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Whether more than ASCII can be shown: a locale that says nothing of UTF-8 cannot, no locale at all leaves it open.
    static var hasUnicode: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
        guard let locale = locale?.lowercased() else { return true }
        return locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Colour on a terminal and not under NO_COLOR, unless the command line says otherwise.
    static func style(_ invocation: Invocation, descriptor: Int32 = 2) throws(UsageError) -> Style {
        let when = try invocation.word("--color", ["auto", "always", "never"])
        let mayColour = isatty(descriptor) == 1 && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
        return Style(
            hasColour: when == "always" || when == "auto" && mayColour, hasUnicode: hasUnicode, width: width(descriptor)
        )
    }
}
