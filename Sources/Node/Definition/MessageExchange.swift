public import Wire

/// A message that asks, the message that answers it, and the fields that connect them.
///
/// Both are in the same connection, and in the same channel unless `isAcrossChannels` is true. They travel in opposite
/// directions.
public struct MessageExchange: Sendable {
    /// The messages of one side. A path names a field inside the message, such as `request.id`.
    public struct Side: Sendable {
        /// The full name of the message, such as `dxos.request`.
        public var message: String
        /// The paths of the fields whose values are equal in both messages, in the same order on both sides. A single
        /// field may be in a list; then one equal value is sufficient. If there are no paths, an answer belongs to the
        /// earliest request without an answer.
        public var key: [String]
        /// True if the bytes of the fields are joined to one value, for each element of their list.
        public var isJoined: Bool
        /// The conditions that all hold for a message of this side.
        public var conditions: [Condition]
        /// A quick test of the bytes, which saves reading messages that are not of this side.
        public var looks: (@Sendable (RawSpan) -> Bool)?
        /// Creates one side.
        public init(
            _ message: String, key: [String] = [], isJoined: Bool = false, _ conditions: Condition...,
            looks: (@Sendable (RawSpan) -> Bool)? = nil
        ) {
            (self.message, self.key, self.isJoined) = (message, key, isJoined)
            (self.conditions, self.looks) = (conditions, looks)
        }
    }
    /// A condition for the messages of one side.
    public enum Condition: Sendable {
        /// The message has the field.
        case has(String)
        /// The message does not have the field.
        case lacks(String)
        /// The field has this value, in the form in which messages are shown.
        case equals(String, Value)
        /// The field has none of these values.
        case differs(String, [Value])
    }
    /// The message that asks.
    public var ask: Side
    /// The message that answers.
    public var answer: Side
    /// The value of a key field that a message leaves out; nil: a message without a key field takes no part.
    public var absent: Value?
    /// True if nodes leave some requests unanswered. Then an answer that fits several requests by their order alone
    /// belongs to none of them.
    public var isOptional: Bool
    /// True if the answer comes in another channel, because each side has channels of its own.
    public var isAcrossChannels: Bool

    /// Creates an exchange.
    public init(
        _ ask: Side, _ answer: Side, absent: Value? = nil, isOptional: Bool = false, isAcrossChannels: Bool = false
    ) {
        (self.ask, self.answer, self.absent) = (ask, answer, absent)
        (self.isOptional, self.isAcrossChannels) = (isOptional, isAcrossChannels)
    }
}
