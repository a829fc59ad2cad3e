/// What a node can be asked or told by its own side, such as `routes` or `find`: a word, and what goes with it.
public struct NodeControl: Hashable, Sendable {
    /// The word.
    public var name: String
    /// What it is, in a line.
    public var summary: String
    /// What it is about; nil: nothing has to be said.
    public var operand: Operand?
    /// How a value of it is written, for those who wrote it in another way.
    public var form = ""
    /// What else may be said, each by its name.
    public var details: [Named]
    /// Whether the answer is a matter of what the node has now: `Node.answer` gives it, and nothing becomes of it.
    public var isQuestion: Bool
    /// The columns that the answer has as a table: members of a map, or of each map of a list.
    public var columns: [String]
    /// Events that tell what became of it, later: the first one that has a member `ticket` with what was said under
    /// that name.
    public var outcomes: [String]

    /// What a control is about, by the name that it goes by.
    public enum Operand: Hashable, Sendable {
        /// One value.
        case one(String)
        /// A list of them.
        case several(String)
        public var name: String {
            switch self {
            case .one(let name), .several(let name): name
            }
        }
    }
    /// A question with its table.
    public init(asks name: String, _ summary: String, _ operand: Operand? = nil, columns: [String]) {
        (self.name, self.summary, self.operand, self.columns) = (name, summary, operand, columns)
        (details, isQuestion, outcomes) = ([], true, [])
    }
    /// Something that a node is told to do, with the events that tell what became of it.
    public init(
        tells name: String, _ summary: String, _ operand: Operand? = nil, details: [Named] = [],
        outcomes: [String] = [], columns: [String] = []
    ) {
        (self.name, self.summary, self.operand, self.columns) = (name, summary, operand, columns)
        (self.details, isQuestion, self.outcomes) = (details, false, outcomes)
    }
}
