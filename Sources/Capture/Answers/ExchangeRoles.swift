import Node
internal import Wire

/// The parts that one type of message plays in exchanges, with the paths of the exchanges looked up in its description.
final class ExchangeRoles {
    /// One part.
    struct Role {
        /// The number of the exchange among all exchanges.
        let exchange: Int
        let key: [[FilterStep]]
        /// True if the key is one value, the bytes of all fields.
        let isJoined: Bool
        let absent: Value?
        let isOptional: Bool
        let isAcrossChannels: Bool
        fileprivate let conditions: [Condition]
        /// True if requests and answers look alike.
        let isEcho: Bool
    }
    fileprivate enum Condition {
        case isThere([FilterStep], Bool)
        case isAmong([FilterStep], [Value], Bool)
    }
    /// The maximum number of values of a key field in a list.
    static let maximumValues = 256

    let asks: [Role]
    let answers: [Role]
    /// The fields of the message itself that are not needed.
    let unused: [String]
    /// The number of elements of lists that are needed.
    let elements: Int
    private let looks: [@Sendable (RawSpan) -> Bool]?

    /// Finds the parts of a type; nil if it has none.
    init?(_ type: any Message.Type, _ definitions: [Definition]) {
        let name = type.name.description
        let all = definitions.flatMap(\.exchanges).enumerated()
        func roles(_ side: (MessageExchange) -> MessageExchange.Side) -> [Role] {
            all.filter { side($1).message == name }.compactMap { Role($0, $1, side($1), type) }
        }
        (asks, answers) = (roles(\.ask), roles(\.answer))
        guard !asks.isEmpty || !answers.isEmpty else { return nil }
        let paths = (asks + answers).flatMap(\.paths)
        let used = Set(paths.compactMap { $0.first?.name })
        let fields = type.describe()
        unused = fields.map(\.name).filter { !used.contains($0) }
        elements = paths.contains { Self.hasList($0, fields) } ? Self.maximumValues : 0
        let sides = all.flatMap { [$1.ask, $1.answer] }.filter { $0.message == name }
        let tests = sides.compactMap { $0.looks }
        looks = tests.count == sides.count ? tests : nil
    }
    /// Returns true if a path leads through a list.
    private static func hasList(_ path: [FilterStep], _ fields: [FieldInfo]) -> Bool {
        var fields = fields
        for step in path {
            guard let field = fields.first(where: { $0.name == step.name }) else { return false }
            if field.isList { return true }
            fields = field.fields
        }
        return false
    }
    /// Returns false if the bytes show that a message plays no part.
    func mayTakePart(_ bytes: RawSpan) -> Bool { looks.map { $0.contains { $0(bytes) } } ?? true }
}

extension ExchangeRoles.Role {
    /// Looks up the paths of one side; nil if the type lacks a field.
    fileprivate init?(
        _ number: Int, _ exchange: MessageExchange, _ side: MessageExchange.Side, _ type: any Message.Type
    ) {
        func steps(_ path: String) -> [FilterStep]? { FilterPath(path, in: type)?.steps }
        key = side.key.compactMap(steps)
        conditions = side.conditions.compactMap { condition in
            switch condition {
            case .has(let path): steps(path).map { .isThere($0, true) }
            case .lacks(let path): steps(path).map { .isThere($0, false) }
            case .equals(let path, let value): steps(path).map { .isAmong($0, [value], true) }
            case .differs(let path, let values): steps(path).map { .isAmong($0, values, false) }
            }
        }
        guard key.count == side.key.count, conditions.count == side.conditions.count else { return nil }
        (self.exchange, absent, isOptional) = (number, exchange.absent, exchange.isOptional)
        (isJoined, isAcrossChannels) = (side.isJoined, exchange.isAcrossChannels)
        isEcho = exchange.ask.message == exchange.answer.message && exchange.ask.conditions.isEmpty
    }
    fileprivate var paths: [[FilterStep]] {
        key
            + conditions.map {
                switch $0 {
                case .isThere(let steps, _), .isAmong(let steps, _, _): steps
                }
            }
    }
    /// Returns true if all conditions hold for a message.
    func holds(_ message: Dissection, _ bytes: RawSpan) -> Bool {
        conditions.allSatisfy { condition in
            switch condition {
            case .isThere(let steps, let isThere):
                message.any(steps[...]) { i, rest in rest.isEmpty && !message.isNull(i, bytes) } == isThere
            case .isAmong(let steps, let values, let isAmong):
                message.anyLeaf(steps, bytes) { values.contains($0) } == isAmong
            }
        }
    }
}

extension Dissection {
    /// Calls `body` with the values at a path until it returns true. Returns true if it did.
    func anyLeaf(_ steps: [FilterStep], _ bytes: RawSpan, _ body: (Value) -> Bool) -> Bool {
        any(steps[...]) { i, rest in nodes[i].shape == .leaf && leaf(i, rest, bytes, body) }
    }
    /// Calls `body` with the value of a leaf, or with the values at a path in it, until it returns true.
    func leaf(_ i: Int, _ rest: ArraySlice<FilterStep>, _ bytes: RawSpan, _ body: (Value) -> Bool) -> Bool {
        let value = nodes[i].leafValue(in: bytes)
        return rest.isEmpty ? value != .null && body(value) : value.any(rest) { $0 != .null && body($0) }
    }
    /// Returns true for a JSON value that is null.
    fileprivate func isNull(_ i: Int, _ bytes: RawSpan) -> Bool {
        nodes[i].isJSONValue && nodes[i].leafValue(in: bytes) == .null
    }
}
