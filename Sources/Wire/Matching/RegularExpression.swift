internal import Glibc
internal import Synchronization

/// A POSIX extended regular expression that a whole text must fit, or a part of it, compiled once.
///
/// Characters are Unicode scalars; `.` is any of them but zero, a line's end too, and `^` and `$` are the ends of the
/// text. Ranges such as `[a-z]` are of ASCII; `\d` is `[0-9]`. The C library's automaton reads each character once: no text makes it
/// slow for ever, but an expression that grows with every character makes it use memory, so that long expressions take
/// shorter texts (`maximumWork`).
public struct RegularExpression: Hashable, Sendable, CustomStringConvertible {
    /// Longest expression, in bytes.
    public static let maximumCount = 1024
    /// Most characters and groups when repetitions such as `{3,5}` are written out.
    public static let maximumSize = 1000
    /// Groups in groups.
    public static let maximumDepth = 64
    /// Longest text, in bytes.
    public static let maximumTextCount = 65536
    /// Most `size` times bytes of text.
    public static let maximumWork = 1 << 21

    /// As it was written.
    public let text: String
    /// Characters and groups when repetitions are written out.
    let size: Int
    private let compiled: Compiled

    private let ignoresCase: Bool
    private let isAnywhere: Bool

    /// Compiles an expression; throws why it is none. `ignoringCase`: small and capital letters are the same. `anywhere`: a
    /// part of a text is enough.
    public init(
        _ text: String, ignoringCase: Bool = false, anywhere: Bool = false
    ) throws(RegularExpressionError) {
        guard text.utf8.count <= Self.maximumCount else {
            throw RegularExpressionError("longer than \(Self.maximumCount) bytes")
        }
        let inner: String
        (size, inner) = try ExpressionSize.measure(text, maximumDepth: Self.maximumDepth)
        guard size <= Self.maximumSize else {
            throw RegularExpressionError("repetitions make it longer than \(Self.maximumSize) characters")
        }
        // By itself, so that errors are about what was written; then with anchors.
        _ = try Automaton(inner, ignoringCase)
        // The C library begins anew at each place of a text where an expression may stand: this reads it once.
        let whole = anywhere ? "^.*(\(inner)).*$" : "^(\(inner))$"
        compiled = Compiled(whole, ignoringCase, size, try Automaton(whole, ignoringCase))
        (self.text, ignoresCase, isAnywhere) = (text, ignoringCase, anywhere)
    }
    /// Whether the whole of a text fits, or a part of it where that is enough; nil when it is too long to tell.
    public func fits(_ s: String) -> Bool? {
        var bytes = Array(s.utf8)
        // `.` is no zero, and a part may stand behind one.
        if isAnywhere, bytes.contains(0) { bytes = bytes.flatMap { $0 == 0 ? [0xef, 0xbf, 0xbd] : [$0] } }
        guard bytes.count <= Self.maximumTextCount, bytes.count &* size <= Self.maximumWork else { return nil }
        bytes.append(0)
        return compiled.fits(bytes)
    }
    /// `/[0-9]+/`.
    public var description: String { "/\(text)/" }
    /// Written the same, and used the same way.
    public static func == (a: Self, b: Self) -> Bool {
        a.text == b.text && a.ignoresCase == b.ignoresCase && a.isAnywhere == b.isAnywhere
    }
    /// That of the text.
    public func hash(into h: inout Hasher) { h.combine(text) }
}

/// The automaton in use. It keeps what it learned from texts; when that may have become much, a fresh one follows.
private final class Compiled: Sendable {
    private let source: String
    private let ignoresCase: Bool
    private let size: Int
    private let state: Mutex<State>
    private struct State: ~Copyable {
        var automaton: Automaton
        /// Bytes of text that it has read, times the expression's size.
        var work = 0
    }
    init(_ source: String, _ ignoresCase: Bool, _ size: Int, _ automaton: consuming sending Automaton) {
        (self.source, self.ignoresCase) = (source, ignoresCase)
        self.size = size
        state = Mutex(State(automaton: automaton))
    }
    /// `bytes` end in a zero, which is not looked at.
    func fits(_ bytes: [UInt8]) -> Bool? {
        let work = bytes.count &* size
        return state.withLock { state in
            if state.work &+ work > RegularExpression.maximumWork, state.work > 0 {
                guard let fresh = try? Automaton(source, ignoresCase) else { return nil }
                state = State(automaton: fresh)
            }
            state.work &+= work
            return state.automaton.fits(bytes)
        }
    }
}

/// What `regcomp` gives, with the locale in which characters are UTF-8.
private struct Automaton: ~Copyable {
    private var compiled: regex_t
    private let locale: locale_t

    init(_ text: String, _ ignoresCase: Bool) throws(RegularExpressionError) {
        guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else {
            throw RegularExpressionError("this system has no locale C.UTF-8")
        }
        let outer = uselocale(locale)
        var fresh = regex_t()
        let status = regcomp(&fresh, text, REG_EXTENDED | REG_NOSUB | (ignoresCase ? REG_ICASE : 0))
        var words = [CChar](repeating: 0, count: 128)
        if status != 0 { regerror(status, &fresh, &words, words.count) }
        uselocale(outer)
        guard status == 0 else {
            freelocale(locale)
            throw RegularExpressionError(
                String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        compiled = fresh
        self.locale = locale
    }
    deinit {
        var old = compiled
        regfree(&old)
        freelocale(locale)
    }
    /// Nil when memory runs out. The text may hold zero bytes: its length is passed.
    mutating func fits(_ bytes: [UInt8]) -> Bool? {
        let outer = uselocale(locale)
        defer { uselocale(outer) }
        var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(clamping: bytes.count - 1))
        let status = bytes.withUnsafeBytes {
            regexec(&compiled, $0.baseAddress?.assumingMemoryBound(to: CChar.self), 1, &range, REG_STARTEND)
        }
        return status == 0 ? true : status == CInt(_REG_NOMATCH.rawValue) ? false : nil
    }
}
