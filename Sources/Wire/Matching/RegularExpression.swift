internal import Glibc
internal import Synchronization

/// A POSIX extended regular expression, compiled once. A whole text must fit it, or a part of a text.
///
/// Characters are Unicode scalars. `.` is any of them except zero, including a line's end. `^` and `$` are the ends of
/// the text. Ranges such as `[a-z]` are of ASCII; `\d` is `[0-9]`. The C library's automaton reads each character once,
/// so no text makes it slow without bound. But some expressions need more memory with every character. For that reason,
/// long expressions accept only shorter texts (`maximumWork`).
public struct RegularExpression: Hashable, Sendable, CustomStringConvertible {
    /// The maximum length of an expression, in bytes.
    public static let maximumCount = 1024
    /// The maximum number of characters and groups after repetitions such as `{3,5}` are expanded.
    public static let maximumSize = 1000
    /// The maximum depth of groups in groups.
    public static let maximumDepth = 64
    /// The maximum length of a text, in bytes.
    public static let maximumTextCount = 65536
    /// The maximum of `size` times the bytes of text.
    public static let maximumWork = 1 << 21

    /// The expression as the user wrote it.
    public let text: String
    /// The number of characters and groups after repetitions are expanded.
    let size: Int
    private let compiled: Compiled

    private let ignoresCase: Bool
    private let isAnywhere: Bool

    /// Compiles an expression; throws the reason if it is not valid. With `ignoringCase`, small and capital letters are
    /// equal. With `anywhere`, it is enough that a part of a text fits.
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
        // The expression is compiled by itself first, so that errors are about the user's text; then with anchors.
        _ = try Automaton(inner, ignoringCase)
        // Without anchors, the C library starts again at each place of the text. With them it reads the text once.
        let whole = anywhere ? "^.*(\(inner)).*$" : "^(\(inner))$"
        compiled = Compiled(whole, ignoresCase: ignoringCase, size: size, try Automaton(whole, ignoringCase))
        (self.text, ignoresCase, isAnywhere) = (text, ignoringCase, anywhere)
    }
    /// Returns true if the whole text fits, or a part of it with `anywhere`. Nil if the text is too long to decide.
    public func fits(_ s: String) -> Bool? {
        var bytes = Array(s.utf8)
        // `.` does not match zero, and the part may be after one.
        if isAnywhere, bytes.contains(0) { bytes = bytes.flatMap { $0 == 0 ? [0xef, 0xbf, 0xbd] : [$0] } }
        guard bytes.count <= Self.maximumTextCount, bytes.count &* size <= Self.maximumWork else { return nil }
        bytes.append(0)
        return compiled.fits(bytes)
    }
    /// The expression between slashes: `/[0-9]+/`.
    public var description: String { "/\(text)/" }
    /// Returns true if both have the same text and the same options.
    public static func == (a: Self, b: Self) -> Bool {
        a.text == b.text && a.ignoresCase == b.ignoresCase && a.isAnywhere == b.isAnywhere
    }
    public func hash(into h: inout Hasher) { h.combine(text) }
}

/// The automaton in use. It keeps what it learned from texts. When that may need much memory, a new automaton replaces
/// it.
private final class Compiled: Sendable {
    private let source: String
    private let ignoresCase: Bool
    private let size: Int
    private let state: Mutex<State>
    private struct State: ~Copyable {
        var automaton: Automaton
        /// The number of bytes of text that it has read, times the expression's size.
        var work = 0
    }
    init(_ source: String, ignoresCase: Bool, size: Int, _ automaton: consuming sending Automaton) {
        (self.source, self.ignoresCase) = (source, ignoresCase)
        self.size = size
        state = Mutex(State(automaton: automaton))
    }
    /// Returns true if a text fits. `bytes` end with a zero, which is not part of the text.
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

/// The result of `regcomp`, with the locale in which characters are UTF-8.
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
    /// Returns true if a text fits; nil if memory runs out. The text may hold zero bytes, because its length is passed.
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
