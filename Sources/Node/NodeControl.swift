/// A question or command to a node from its own side, such as `routes` or `find`: a name, with arguments.
public struct NodeControl: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The description, in one line.
    public var summary: String
    /// The main argument; nil: it has none.
    public var operand: Operand?
    /// The form of its value, for users who wrote it in another form.
    public var form = ""
    /// Further arguments, each with its name.
    public var details: [Named]
    /// True if the answer depends only on the node's present state: `Node.answer` returns it, and the state does not
    /// change.
    public var isQuestion: Bool
    /// The columns of the answer as a table: members of a map, or of each map of a list.
    public var columns: [String]
    /// The events that report the result later: the first event whose member `ticket` equals the argument `ticket`.
    public var outcomes: [String]

    /// The main argument of a control, with its name.
    public enum Operand: Hashable, Sendable {
        /// One value.
        case one(String)
        /// A list of values.
        case several(String)
        public var name: String {
            switch self {
            case .one(let name), .several(let name): name
            }
        }
    }
    /// Creates a question with its table.
    public init(asks name: String, _ summary: String, _ operand: Operand? = nil, columns: [String]) {
        (self.name, self.summary, self.operand, self.columns) = (name, summary, operand, columns)
        (details, isQuestion, outcomes) = ([], true, [])
    }
    /// Creates a command, with the events that report its result.
    public init(
        tells name: String, _ summary: String, _ operand: Operand? = nil, details: [Named] = [],
        outcomes: [String] = [], columns: [String] = []
    ) {
        (self.name, self.summary, self.operand, self.columns) = (name, summary, operand, columns)
        (self.details, isQuestion, self.outcomes) = (details, false, outcomes)
    }
}
