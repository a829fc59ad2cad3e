internal import Node
internal import Wire

/// The values and functions that expressions can use while a case runs.
struct Scope {
    /// The constants, actors, captures, and marks. A mark is the time since the case began.
    var names: [String: Term] = [:]
    var capabilities: Set<String> = []
    /// The functions of the protocol, such as `rightmesh.split`.
    var functions: [ProtocolFunction] = []
    /// The fields of the messages received on a link, the oldest first. `message` is the name of the messages, or
    /// `any`.
    var records: (_ link: String, _ message: String) -> [Value] = { _, _ in [] }
    /// The bytes of the same messages as received.
    var wire: (_ link: String, _ message: String) -> [[UInt8]] = { _, _ in [] }
    /// The bytes received on a link that belong to no message, concatenated.
    var unread: (_ link: String) -> [UInt8] = { _ in [] }
    /// The identity of the other side that the layers of a link proved; nil if they proved none.
    var identity: (_ link: String) -> [UInt8]? = { _ in nil }
    /// The data channel that a link is; nil for any other link.
    var dataChannel: (_ link: String) -> LinkDataChannel? = { _ in nil }
    /// The datagrams received or sent on a link; nil if the link carries no datagrams.
    var datagrams: (_ link: String, _ sent: Bool) -> [(at: Duration, bytes: [UInt8])]? = { _, _ in nil }
    /// The time that the other side of a link took for its first message after our first one; nil if there is none.
    var delay: (_ link: String) -> Duration? = { _ in nil }
    /// The names whose values are never shown.
    var secrets: Set<String> = []
    /// Returns whether a message of the protocol has a field of this name at any depth. If a value lacks it, the field
    /// is absent.
    var isField: (_ name: String) -> Bool = { _ in false }
    var algorithm: SignatureAlgorithm?
    var algorithms: [SignatureAlgorithm] = []
    var seed: UInt64 = 0
    var caseID = ""
    /// The knowledge of the case that functions of the protocol use.
    var setting = ProtocolFunction.Setting()
    var start = Instant.zero
    var now = Instant.zero
    /// The calendar time of `Instant.zero`, in nanoseconds since 1970.
    var beginning: Int64 = 0

    /// Returns a name as its file writes it. The names of fragment parameters have a number appended.
    static func shownName(_ name: String) -> String { String(name.prefix { $0 != "#" }) }
}

/// The reason why an expression could not be evaluated, and its position.
struct EvaluationError: Error, Equatable {
    var message: String
    var span: Span
    /// True if the received data lack a value that the expression uses: then the step does not hold. If this flag is
    /// false, the scenario is wrong.
    var isOfEvidence = false
}

/// The work that an expression may do. Each step of its evaluation counts as 1, and each result counts by its size.
final class Work {
    static let limit = 1_000_000
    var left = limit
    /// The maximum nesting depth of functions of one argument. A body can name the function that contains it, and so
    /// call itself.
    static let maximumDepth = 16
    var depth = 0

    /// Returns the work for making a value: 1 for each element, or for every 64 bytes.
    static func of(_ t: Term) -> Int {
        switch t {
        case .list(let items): items.count
        case .map(let members): members.count
        case .bytes(let b): b.count / 64
        case .text(let s): s.utf8.count / 64
        default: 0
        }
    }
    /// The work of a call that uses data from outside or keys. It takes longer than a step.
    static let call = 100
}
