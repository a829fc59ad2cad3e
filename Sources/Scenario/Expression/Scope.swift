internal import Node
internal import Wire

/// What expressions can see while a case runs.
struct Scope {
    /// Constants, actors, captures, and marks as the time since the case began.
    var names: [String: Term] = [:]
    var capabilities: Set<String> = []
    /// Functions of the protocol, such as `rightmesh.split`.
    var functions: [ProtocolFunction] = []
    /// Fields of the messages of a name, or of `any`, that came on a link, the oldest first.
    var records: (_ link: String, _ message: String) -> [Value] = { _, _ in [] }
    /// The same messages as the bytes that came.
    var wire: (_ link: String, _ message: String) -> [[UInt8]] = { _, _ in [] }
    /// Bytes that came on a link and are no message, one after the other.
    var unread: (_ link: String) -> [UInt8] = { _ in [] }
    /// Who the layers of a link proved the other side to be; nil where they did not.
    var identity: (_ link: String) -> [UInt8]? = { _ in nil }
    /// Datagrams that came on a link, or were sent on it; nil where there are none.
    var datagrams: (_ link: String, _ sent: Bool) -> [(at: Duration, bytes: [UInt8])]? = { _, _ in nil }
    /// Names that are not to be shown.
    var secrets: Set<String> = []
    /// Whether a message of the protocol has a field of this name, at any depth: where it is missing, it is absent.
    var isField: (_ name: String) -> Bool = { _ in false }
    var algorithm: SignatureAlgorithm?
    var algorithms: [SignatureAlgorithm] = []
    var seed: UInt64 = 0
    var caseID = ""
    /// What functions of the protocol know of the case.
    var setting = ProtocolFunction.Setting()
    var start = Instant.zero
    var now = Instant.zero
    /// What `Instant.zero` is by the calendar, in nanoseconds since 1970.
    var beginning: Int64 = 0

    /// A name as its file has it: parameters of fragments have a number behind theirs.
    static func shownName(_ name: String) -> String { String(name.prefix { $0 != "#" }) }
}

/// Why an expression could not be evaluated, at a place in it.
struct EvaluationError: Error, Equatable {
    var message: String
    var span: Span
    /// What was received lacks what the expression asks for: what is asserted of it is false. Otherwise the scenario is
    /// wrong.
    var isOfEvidence = false
}

/// How much an expression may do: every step of its evaluation counts one, and what it makes counts by its size.
final class Work {
    static let limit = 1_000_000
    var left = limit
    /// Functions of one argument inside one another: a body may name what holds it, and so call itself.
    static let maximumDepth = 16
    var depth = 0

    /// What making a value takes: one for each element, or for every 64 bytes.
    static func of(_ t: Term) -> Int {
        switch t {
        case .list(let items): items.count
        case .map(let members): members.count
        case .bytes(let b): b.count / 64
        case .text(let s): s.utf8.count / 64
        default: 0
        }
    }
    /// What comes from outside or is made of keys takes longer than a step: a call of it counts this many.
    static let call = 100
}
