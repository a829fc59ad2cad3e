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
    /// As it is called.
    public var name: String
    /// How many arguments it takes.
    public var arguments: ClosedRange<Int>
    /// As in a manual.
    public var usage: String
    /// Computes it; reads nothing but its arguments.
    public var body: @Sendable ([Value]) throws(Refusal) -> Value
    /// A function; `body` sees as many values as `arguments` allows.
    public init(
        _ name: String, arguments: ClosedRange<Int>, usage: String,
        _ body: @escaping @Sendable ([Value]) throws(Refusal) -> Value
    ) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.body = body
    }
}
