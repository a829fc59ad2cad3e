public import Wire

/// A function that a protocol adds to the expressions of its scenarios, such as `rightmesh.split`.
public struct ProtocolFunction: Sendable {
    /// Why a call was refused.
    public struct Refusal: Error, Equatable, Sendable {
        /// In words, for people.
        public var reason: String
        /// A refusal with its reason in words.
        public init(_ reason: String) { self.reason = reason }
    }
    /// The case in which a function is called.
    public struct Setting: Sendable {
        /// Bytes of this case in this run, by which a name stands for something else in each; none in vectors and
        /// captures.
        public var salt: [UInt8]
        /// The node was started for this case: it has met nobody else.
        public var isNodeFresh: Bool
        /// Takes the keys of connections that a function encrypts by hand, so that the evidence can be decrypted; nil if
        /// nobody keeps evidence.
        public var secrets: Secrets?
        /// A setting; without arguments that of no case.
        public init(salt: [UInt8] = [], isNodeFresh: Bool = true, secrets: Secrets? = nil) {
            self.salt = salt
            self.isNodeFresh = isNodeFresh
            self.secrets = secrets
        }
    }
    /// As it is called.
    public var name: String
    /// How many arguments it takes.
    public var arguments: ClosedRange<Int>
    /// As in a manual.
    public var usage: String
    private let body: @Sendable ([Value], Setting) throws(Refusal) -> Value
    /// A function; `body` sees as many values as `arguments` allows, and reads nothing else.
    public init(
        _ name: String, arguments: ClosedRange<Int>, usage: String,
        _ body: @escaping @Sendable ([Value]) throws(Refusal) -> Value
    ) {
        self.init(name, arguments: arguments, usage: usage) { values, _ throws(Refusal) in try body(values) }
    }
    /// A function that may make something else of the same arguments in each case of each run.
    public init(
        _ name: String, arguments: ClosedRange<Int>, usage: String,
        inCase body: @escaping @Sendable ([Value], Setting) throws(Refusal) -> Value
    ) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.body = body
    }
    /// Computes it; without a case, as for vectors and captures, of the arguments alone.
    public func apply(_ values: [Value], in setting: Setting = Setting()) throws(Refusal) -> Value {
        try body(values, setting)
    }
}
