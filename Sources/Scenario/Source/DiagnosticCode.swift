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
    /// A condition judges the node and has no words.
    case unexplained = "MS0305"

    /// A description of the mistake and of the way to correct it.
    public var explanation: String {
        switch self {
        case .syntax:
            "The file is not YAML. The position is where the reader stopped; the mistake is there or just before."
        case .duplicateKey: "A map has the same key twice. YAML readers keep one of them silently; this is an error."
        case .tooManyNodes: "The file has more than 10,000 nodes: split it."
        case .tooDeep: "Nesting is deeper than 64 levels: move the inner part into a fragment and `use` it."
        case .tooLarge: "The file is larger than 1 MiB: split it."
        case .encoding:
            "The file is not UTF-8: save it in that encoding in your editor, or convert it with iconv."
        case .documents:
            "The file holds more than one document (a line `---` begins each). One file holds one scenario: split it."
        case .mergeKey:
            """
            Merge keys (<<), anchors (&) and aliases (*) are not used here: write each map out in full. Text that \
            begins with & or * needs quotes.
            """
        case .tag:
            "Tags of YAML are not used here: the key decides the type of a value. Text that begins with ! needs quotes."
        case .unclosedExpression:
            """
            A $( has no closing parenthesis in its scalar. Inside { } and [ ] YAML ends a plain scalar at a comma, \
            so `{signature: $(sign(peer, theirs))}` is cut at the comma: write it with quotes, \
            {signature: "$(sign(peer, theirs))"}.
            """
        case .expressionSyntax: "The text between $( and ) is not an expression. Spec/language.md has the grammar."
        case .unknownName:
            """
            An expression uses a name that no earlier step defines. Names are defined by `let`, `$save`, `mark`, the \
            actors and the constants of the protocol.
            """
        case .unknownFunction:
            """
            An expression calls a function that does not exist, or with a wrong number of arguments. Spec/language.md \
            lists the common functions under Expressions; the README.md of a protocol lists its own.
            """
        case .wrongShape:
            """
            The value is a map, a list or a single value, but the key needs another of the three. The error names it. \
            `key: value` pairs are a map, lines that begin with `- ` are a list.
            """
        case .unknownKey:
            """
            The key is not allowed here. The error lists the allowed keys and suggests the nearest one. With \
            `meshspec schema` an editor completes keys.
            """
        case .missingKey:
            "A required key is missing. The error names it; `meshspec schema --keys` describes it."
        case .badValue:
            "The key does not allow this value, such as a number out of range or a malformed duration."
        case .verbs: "A step has exactly one verb, beside label, req, if, mark, else, verdict and because."
        case .unknownMessage: "The protocol has no message of this name: `meshspec explain PROTOCOL` lists them."
        case .unknownOperator: "A key that begins with $ is not one of the matching operators of Spec/language.md."
        case .unknownField: "The message has no field of this name: `meshspec explain MESSAGE` lists them."
        case .unknownProtocol: "No protocol of this name is built in."
        case .unknownActor: "There is no actor of this name, or it does not have the role that is needed here."
        case .unknownLink: "No step before this one opens or accepts a link of this name."
        case .unknownRequirement: "The protocol's requirements.yaml does not have this id."
        case .unknownCapability: "The protocol has no capability of this name."
        case .unknownProfile: "The protocol has no profile of this name."
        case .duplicateID:
            "Two scenarios, or two vectors, have the same name; reports and baselines could not distinguish them."
        case .unprovenRequirement:
            """
            The scenario covers a requirement, but no step names it in `req`, or no step can fail it because each has \
            `else: inconc`. Or a requirement has neither a case nor a vector, and its entry gives no reason.
            """
        case .neverWindow: "`never` needs `for`, how long the message must not come. Without it the step never ends."
        case .timing: "within, window, for and since do not go together like this, or are missing."
        case .alternatives: "alt needs a list of branches, each with expect or timeout. Only the last may have timeout."
        case .fragment:
            """
            The file that `use` or `suite` names is not there, or cannot be read. Names are relative to the file that \
            uses them.
            """
        case .unused: "A name is given, but no step uses it: an intended check may be missing."
        case .unreachable: "A step or branch comes after another that always takes precedence or ends the case."
        case .shortWindow:
            "A window is shorter than the slack: the harness may be late by the slack and then cannot judge."
        case .noAnchor:
            "`never` proves something only after traffic: no step before it sends or receives on the link."
        case .unexplained:
            """
            An `assert` or `poll` with `req` judges the node, and its failure would show only an expression. \
            `because` says in words what a right node does: \
            `because: the node answers each of the 64 requests`.
            """
        case .version:
            "The first key must be `meshspec: 1` (targets: `meshspec-target: 1`): other versions are unknown."
        }
    }
}
