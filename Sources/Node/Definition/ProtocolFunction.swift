public import Wire

/// A function that a protocol adds to the expressions of its scenarios, such as `rightmesh.split`.
public struct ProtocolFunction: Sendable {
    /// The error of a call that the function refuses.
    public struct Refusal: Error, Equatable, Sendable {
        /// The reason in words, for people.
        public var reason: String
        /// Creates a refusal.
        public init(_ reason: String) { self.reason = reason }
    }
    /// The case in which a function is called.
    public struct Setting: Sendable {
        /// Bytes that differ in each case and run, so that a name has a different value in each. They are empty in
        /// vectors and captures.
        public var salt: [UInt8]
        /// True if the node was started for this case, so that it has met no other peer.
        public var isNodeFresh: Bool
        /// Collects the keys of connections that a function encrypts by hand, so that the evidence can be decrypted. It
        /// is nil if no evidence is kept.
        public var secrets: Secrets?
        /// Creates a setting. Without arguments it belongs to no case.
        public init(salt: [UInt8] = [], isNodeFresh: Bool = true, secrets: Secrets? = nil) {
            self.salt = salt
            self.isNodeFresh = isNodeFresh
            self.secrets = secrets
        }
    }
    /// The name of the function in expressions.
    public var name: String
    /// The allowed number of arguments.
    public var arguments: ClosedRange<Int>
    /// The usage line that the help prints.
    public var usage: String
    /// True if the function takes one list, computes a list for each element, and concatenates them. So a longer list
    /// gives all results of the shorter one.
    public var isOfEachElement = false
    /// The name of the messages that the first argument lists as received bytes. In a scenario, a link can stand for
    /// the messages of this name that came on it.
    public var reads: String?
    private let body: @Sendable ([Value], Setting) throws(Refusal) -> Value
    /// Creates a function. `body` receives a number of values that `arguments` allows, and reads nothing but these
    /// values.
    public init(
        _ name: String, arguments: ClosedRange<Int>, usage: String,
        _ body: @escaping @Sendable ([Value]) throws(Refusal) -> Value
    ) {
        self.init(name, arguments: arguments, usage: usage) { values, _ throws(Refusal) in try body(values) }
    }
    /// Creates a function whose result for the same arguments may differ in each case and run.
    public init(
        _ name: String, arguments: ClosedRange<Int>, usage: String,
        inCase body: @escaping @Sendable ([Value], Setting) throws(Refusal) -> Value
    ) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.body = body
    }
    /// Computes the result. Without a case, as for vectors and captures, the result depends on the arguments only.
    public func apply(_ values: [Value], in setting: Setting = Setting()) throws(Refusal) -> Value {
        try body(values, setting)
    }
}
