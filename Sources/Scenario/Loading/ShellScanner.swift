/// A scanner of a shell command that tracks the context of each place, as POSIX defines it. If it misjudges a quote, a
/// place is refused or yields the text of a quoted variable. The shell never interprets a value as code.
struct ShellScanner {
    /// The syntax around a place, as the shell reads it.
    enum Context: Sendable {
        case bare
        case quoted
        case hereDocument
        case arithmetic
        case backquotes
        /// The context is unknown, because shells differ in how they read the text before it.
        case unclear
    }
    struct Place: Equatable, Sendable {
        var name: String
        /// The range in the bytes of the text.
        var range: Range<Int>
        var context: Context
    }
    /// A construct that has begun and has not ended.
    private enum Frame: Equatable {
        /// Commands, up to a `)` if they are in parentheses.
        case commands
        /// An expansion `${...}`.
        case parameter
        case doubleQuotes
        case backquotes
        /// An expansion `$((...))` with this number of open parentheses.
        case arithmetic(Int)
    }
    private let bytes: [UInt8]
    private var at = 0
    private var frames: [Frame] = [.commands]
    /// True after `<<`. The here-document begins on the next line. The scanner does not look for its end.
    private var awaitsDocument = false
    private var isInDocument = false
    private var isUnclear = false
    private var places: [Place] = []

    static func places(_ bytes: [UInt8]) -> [Place] {
        var scanner = ShellScanner(bytes)
        while scanner.at < bytes.count { scanner.step() }
        return scanner.places
    }
    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ offset: Int = 0) -> UInt8? {
        at + offset >= 0 && at + offset < bytes.count ? bytes[at + offset] : nil
    }
    private var top: Frame { frames.last ?? .commands }
    /// The frame that decides how a quote or a bracket is read. A parameter expansion takes the frame around it.
    private var surrounding: Frame { frames.last { $0 != .parameter } ?? .commands }

    private var context: Context {
        if isUnclear { return .unclear }
        if isInDocument { return .hereDocument }
        if frames.contains(.backquotes) { return .backquotes }
        return switch surrounding {
        case .doubleQuotes: .quoted
        case .arithmetic: .arithmetic
        case .commands, .parameter, .backquotes: .bare
        }
    }
    private mutating func step() {
        guard let c = byte() else { return }
        switch c {
        case UInt8(ascii: "\\"): at += 2
        case UInt8(ascii: "{"): if !place(context) { at += 1 }
        case UInt8(ascii: "'") where surrounding == .commands || surrounding == .backquotes: singleQuotes()
        case UInt8(ascii: "\""): doubleQuotes()
        case UInt8(ascii: "$"): dollar()
        case UInt8(ascii: "`"): backquote()
        case UInt8(ascii: "("), UInt8(ascii: ")"): bracket(isOpening: c == UInt8(ascii: "("))
        case UInt8(ascii: "}"):
            if top == .parameter { frames.removeLast() }
            at += 1
        case UInt8(ascii: "#") where top == .commands && beginsWord: skipLine()
        case UInt8(ascii: "<") where surrounding == .commands && byte(1) == c: lessThan()
        case UInt8(ascii: "\n"):
            isInDocument = isInDocument || awaitsDocument
            at += 1
        default: at += 1
        }
    }
    /// Reads a place such as `{name}`. Returns false if there is no place.
    private mutating func place(_ context: Context) -> Bool {
        var end = at + 1
        while end < bytes.count, Self.isOfName(bytes[end]) { end += 1 }
        guard end > at + 1, end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return false }
        places.append(
            .init(name: String(decoding: bytes[at + 1..<end], as: UTF8.self), range: at..<end + 1, context: context))
        at = end + 1
        return true
    }
    private static func isOfName(_ c: UInt8) -> Bool {
        switch c {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...: true
        default: "_-.".utf8.contains(c)
        }
    }
    private mutating func singleQuotes() {
        at += 1
        while let c = byte(), c != UInt8(ascii: "'") {
            if c != UInt8(ascii: "{") || !place(context == .bare ? .quoted : context) { at += 1 }
        }
        at += 1
    }
    private mutating func doubleQuotes() {
        // Double quotes have no meaning in arithmetic. In a parameter expansion they begin a new context.
        if case .arithmetic = top {
        } else if top == .doubleQuotes {
            frames.removeLast()
        } else {
            frames.append(.doubleQuotes)
        }
        at += 1
    }
    private mutating func dollar() {
        switch (byte(1), byte(2)) {
        case (UInt8(ascii: "("), UInt8(ascii: "(")):
            frames.append(.arithmetic(2))
            at += 3
        case (UInt8(ascii: "("), _):
            frames.append(.commands)
            at += 2
        case (UInt8(ascii: "{"), _):
            frames.append(.parameter)
            at += 2
        case (UInt8(ascii: "'"), _):
            if surrounding == .commands { isUnclear = true }
            at += 1
        default: at += 1
        }
    }
    private mutating func backquote() {
        if let i = frames.lastIndex(of: .backquotes) {
            frames.removeLast(frames.count - i)
        } else {
            frames.append(.backquotes)
        }
        at += 1
    }
    private mutating func bracket(isOpening: Bool) {
        at += 1
        switch top {
        case .arithmetic(let n):
            frames.removeLast()
            if isOpening || n > 1 { frames.append(.arithmetic(isOpening ? n + 1 : n - 1)) }
        case .commands:
            if isOpening { frames.append(.commands) } else if frames.count > 1 { frames.removeLast() }
        case .parameter, .doubleQuotes, .backquotes: break
        }
    }
    private var beginsWord: Bool {
        guard let before = byte(-1) else { return true }
        return " \t\n;&|()".utf8.contains(before)
    }
    private mutating func skipLine() {
        while let c = byte(), c != UInt8(ascii: "\n") { at += 1 }
    }
    private mutating func lessThan() {
        // `<<<` is followed by a word and not by lines.
        if byte(2) == UInt8(ascii: "<") {
            at += 3
        } else {
            awaitsDocument = true
            at += 2
        }
    }
}
