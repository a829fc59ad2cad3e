/// The kinds of mistakes that a scenario, target or requirement file can contain. `meshspec explain CODE` describes
/// each.
public enum DiagnosticCode: String, CaseIterable, Sendable {
    case syntax = "MS0001"
    case duplicateKey = "MS0002"
    case tooManyNodes = "MS0003"
    case tooDeep = "MS0004"
    case tooLarge = "MS0005"
    case encoding = "MS0006"
    case documents = "MS0007"
    case mergeKey = "MS0008"
    case tag = "MS0009"
    case unclosedExpression = "MS0031"
    case expressionSyntax = "MS0032"
    case unknownName = "MS0033"
    case unknownFunction = "MS0034"
    case wrongShape = "MS0100"
    case unknownKey = "MS0101"
    case missingKey = "MS0102"
    case badValue = "MS0103"
    case verbs = "MS0104"
    case unknownMessage = "MS0105"
    case unknownOperator = "MS0106"
    case unknownField = "MS0107"
    case unknownProtocol = "MS0108"
    case unknownActor = "MS0109"
    case unknownLink = "MS0110"
    case unknownRequirement = "MS0111"
    case unknownCapability = "MS0112"
    case unknownProfile = "MS0113"
    case duplicateID = "MS0114"
    case unprovenRequirement = "MS0115"
    case neverWindow = "MS0212"
    case timing = "MS0213"
    case alternatives = "MS0214"
    case version = "MS0215"
    /// A fragment cannot be read.
    case fragment = "MS0216"
    /// A name is defined and never used.
    case unused = "MS0301"
    /// A step or branch cannot be reached.
    case unreachable = "MS0302"
    /// A window is too short for the harness to judge.
    case shortWindow = "MS0303"
    /// No earlier step makes a `never` meaningful.
    case noAnchor = "MS0304"

    /// A description of the mistake and of the way to correct it.
    public var explanation: String {
        switch self {
        case .syntax:
            "The file is not YAML. The place is where the reader gave up; the mistake is there or just before."
        case .duplicateKey: "A map has the same key twice. YAML readers keep one of them silently; here it is an error."
        case .tooManyNodes: "The file has more than 10,000 nodes: split it."
        case .tooDeep: "Nesting is deeper than 64 levels: move what is inside into a fragment and `use` it."
        case .tooLarge: "The file is larger than 1 MiB: split it."
        case .encoding:
            "The file is not UTF-8: save it in that encoding, as the editor's settings say, or convert it with iconv."
        case .documents:
            "The file holds more than one document (a line `---` begins each). One file holds one scenario: split it."
        case .mergeKey:
            """
            Merge keys (<<), anchors (&) and aliases (*) are not used here: what a map holds must stand in it. Text that \
            begins with & or * needs quotes.
            """
        case .tag:
            "Tags of YAML are not used here: what a value is follows from its place. Text that begins with ! needs quotes."
        case .unclosedExpression:
            """
            A $( has no closing parenthesis in its scalar. Inside { } and [ ] YAML ends a plain scalar at a comma, \
            so `{signature: $(sign(peer, theirs))}` is cut at the comma: write it with quotes, \
            {signature: "$(sign(peer, theirs))"}.
            """
        case .expressionSyntax: "The text between $( and ) is not an expression. Spec/README.md has the grammar."
        case .unknownName:
            """
            An expression uses a name that nothing defines before it. Names come from `let`, `$save`, `mark`, the actors and \
            the constants of the protocol.
            """
        case .unknownFunction:
            """
            An expression calls a function that does not exist, or with another number of arguments. Spec/README.md lists \
            those of all protocols under Expressions, and the README.md of a protocol its own.
            """
        case .wrongShape:
            """
            A map, a list or a single value stands where another of these is wanted. The error says which: `key: value` \
            pairs are a map, lines that begin with `- ` a list.
            """
        case .unknownKey:
            """
            The key is not one of those that are allowed here. The error lists those that are, and says which was meant \
            where one is near; with `meshspec schema` an editor completes them.
            """
        case .missingKey:
            "A key that must be there is missing. The error names it; Spec/README.md says what it is for."
        case .badValue:
            "The value cannot be what this place wants, such as a number out of range or a malformed duration."
        case .verbs: "A step has exactly one verb, beside label, req, if, mark, else, verdict and because."
        case .unknownMessage: "The protocol has no message of this name: `meshspec explain PROTOCOL` lists them."
        case .unknownOperator: "A key that begins with $ is none of the matching operators of Spec/README.md."
        case .unknownField: "The message has no field of this name: `meshspec explain MESSAGE` lists them."
        case .unknownProtocol: "No protocol of this name is built in."
        case .unknownActor: "No actor of this name, or none of the role that is needed here."
        case .unknownLink: "No step before this one opens or accepts a link of this name."
        case .unknownRequirement: "The protocol's requirements.yaml has no such id."
        case .unknownCapability: "The protocol has no capability of this name."
        case .unknownProfile: "The protocol has no profile of this name."
        case .duplicateID:
            "Two scenarios, or two vectors, have the same name; reports and baselines could not tell them apart."
        case .unprovenRequirement:
            """
            The scenario covers a requirement that none of its steps claims with req, or that none of them can break, since \
            each says `else: inconc`; or no case and no vector is about a requirement, and its entry does not say why.
            """
        case .neverWindow: "never needs `for`: how long it has to stay away. Without an end it could never hold."
        case .timing: "within, window, for and since do not go together like this, or are missing."
        case .alternatives: "alt wants a list of branches, each with expect or timeout; timeout comes last and once."
        case .fragment:
            "The file that `use` names is not there, or cannot be read. Names count from the file that uses them."
        case .unused: "A name is given and nothing uses it: a check that was meant may be missing."
        case .unreachable: "A step or branch stands behind something that always takes precedence or ends the case."
        case .shortWindow:
            "A window is shorter than the slack: the harness may be late by as much and then cannot judge."
        case .noAnchor:
            "`never` proves something only after something happened: nothing is sent or received on the link before it."
        case .version:
            "The first key must be `meshspec: 1` (targets: `meshspec-target: 1`): other versions are not known."
        }
    }
}
