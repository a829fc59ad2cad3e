import Report

/// The kinds of errors of a command line, a file, the network or a node. `meshspec explain CODE` describes each. The
/// mistakes in the text of a scenario, target or requirement file have codes of their own (`DiagnosticCode`).
enum ErrorCode: String, CaseIterable, Sendable {
    // The command line.
    case unknownCommand = "MS1001"
    case unknownOption = "MS1002"
    case missingValue = "MS1003"
    case badValue = "MS1004"
    case missingArgument = "MS1005"
    case extraArgument = "MS1006"
    case conflict = "MS1007"
    case notApplicable = "MS1008"
    case unknownName = "MS1009"
    case unknownProtocol = "MS1010"
    case ambiguous = "MS1011"
    case badExpression = "MS1012"
    case nothingSelected = "MS1013"
    // Files.
    case noSuchFile = "MS1101"
    case cannotRead = "MS1102"
    case cannotWrite = "MS1103"
    case wrongFile = "MS1104"
    case invalidFile = "MS1105"
    case otherVersion = "MS1106"
    case notACapture = "MS1107"
    case damagedCapture = "MS1108"
    case unsupportedCapture = "MS1109"
    case noScenario = "MS1110"
    // The network and nodes.
    case badAddress = "MS1201"
    case unknownHost = "MS1202"
    case addressInUse = "MS1203"
    case cannotListen = "MS1204"
    case noPermission = "MS1205"
    case noNode = "MS1206"
    case noAnswer = "MS1207"
    case otherProtocol = "MS1208"
    case otherNode = "MS1209"
    case cannotStart = "MS1210"
    case refused = "MS1211"
    case noDevice = "MS1212"
    case badTLS = "MS1213"
    case noEffect = "MS1214"
    // The system, and results.
    case system = "MS1301"
    case interrupted = "MS1302"
    case unequal = "MS1303"

    /// The exit status of a command that ends with such an error, unless the command states another one.
    var status: Int32 {
        switch self {
        case .unknownCommand, .unknownOption, .missingValue, .badValue, .missingArgument, .extraArgument, .conflict,
            .notApplicable, .unknownName, .unknownProtocol, .ambiguous, .badExpression, .wrongFile, .badAddress,
            .badTLS:
            ExitCode.usage
        case .invalidFile, .otherVersion, .noScenario: ExitCode.invalid
        case .nothingSelected: ExitCode.nothingMatched
        case .unequal: ExitCode.failed
        case .noEffect: ExitCode.outOfTime
        default: ExitCode.environment
        }
    }
    /// A description of the kind, and what to do.
    var explanation: String {
        switch self {
        case .unknownCommand:
            "No command has this name. `meshspec --help` lists the commands. Options follow the command."
        case .unknownOption:
            """
            The command has no option of this name. `meshspec COMMAND --help` lists its options. Write an operand that \
            begins with a hyphen after `--`.
            """
        case .missingValue:
            "An option is the last word of the command line, but needs a value: `--option VALUE` or `--option=VALUE`."
        case .badValue:
            """
            The value of an option or argument is not allowed. The error states the expected form or range, and the \
            value that was found. `meshspec explain PROTOCOL` lists profiles, parameters and their values.
            """
        case .missingArgument:
            "The command needs an operand or an option that is missing. The error names it, often with an example."
        case .extraArgument:
            """
            The command line has an operand or a value that is not expected, or an option twice. `meshspec COMMAND \
            --help` shows which operands a command has, and which options can be repeated.
            """
        case .conflict:
            "Two options or operands contradict each other or cannot be combined. Leave out one."
        case .notApplicable:
            """
            An option has no effect here: it belongs to another protocol, transport or kind of target, or needs another \
            option. Leave it out, or give what the error names.
            """
        case .unknownName:
            """
            No case, message, seeded fault, mutant, role, field or other item has this name. The error suggests the \
            nearest known name. `meshspec list` lists cases, `meshspec explain PROTOCOL` what belongs to a protocol.
            """
        case .unknownProtocol:
            "No protocol has this name, or none that this command supports. The error lists the possible ones."
        case .ambiguous:
            "The command line fits several protocols, nodes or runs. Choose one with the option that the error names."
        case .badExpression:
            """
            A filter of messages (-Y), a selection of cases (-k), a field name or a capture filter (-f) is not \
            understood. `meshspec help filters` describes filters, `meshspec run --help` selections, and pcap-filter(7) \
            capture filters.
            """
        case .nothingSelected:
            "The selection has no case, vector, mutant, requirement or message. The exit status is 5. Select more."
        case .noSuchFile: "There is no file or folder at this path. Paths are relative to the current folder."
        case .cannotRead:
            "The system refuses to open or read a file. The error has the reason: check the path and its permissions."
        case .cannotWrite:
            """
            The system refuses to create or write a file, or the disk is full. The error has the reason. An older file \
            is kept. Symbolic links are not followed where another user could have made them.
            """
        case .wrongFile:
            """
            The file is of another kind than this place expects: a target file among scenarios, a folder in place of a \
            file, or a pipe where a file is read twice. The error names the right place or kind.
            """
        case .invalidFile:
            """
            The file does not have the expected content. For YAML, the errors before this one have positions and codes. \
            For results, make the file again with `meshspec run --report json=FILE`.
            """
        case .otherVersion: "The file was written by another version of meshspec. Write it again with this version."
        case .notACapture:
            "The file is neither pcap nor pcapng, possibly with gzip, or it is empty. Convert it with `editcap -F pcapng`."
        case .damagedCapture:
            """
            A capture ends in the middle of a packet, or has bytes that are not a packet. meshspec reads the packets \
            before the damage, and the exit status is 1.
            """
        case .unsupportedCapture:
            "The packets have a link type that meshspec cannot decode, or that this command cannot process."
        case .noScenario:
            """
            The selected messages of a capture cannot become a scenario: they are too many, of several protocols, or do \
            not name the node under test. Choose with --as, --flow or -Y; `meshspec follow` lists the connections.
            """
        case .badAddress:
            """
            The text is not an address of a node. Write HOST:PORT, such as 127.0.0.1:7075 or [::1]:7075. Protocols on \
            WebSocket also have ws:// and wss:// URLs, and libp2p has multiaddrs such as /ip4/127.0.0.1/tcp/4001.
            """
        case .unknownHost: "The system cannot resolve the host name. Check its spelling, or give an IP address."
        case .addressInUse:
            """
            Another program listens at the address, often an earlier node. End it, or give another port. `ss -lntup` \
            lists the programs.
            """
        case .cannotListen: "The system cannot listen at the address. It must be an address of this machine."
        case .noPermission:
            """
            The system does not allow this user to do that. Ports below 1024 and captures need special rights; \
            `setcap cap_net_raw=ep` gives the right to capture.
            """
        case .noNode:
            "No program listens at the address: it refuses connections. Start the node, or correct the address."
        case .noAnswer:
            """
            A program is there, but does not answer in time. Check its network, keys and settings, and that it accepts \
            this connection. `--no-preflight` runs the cases anyway.
            """
        case .otherProtocol:
            """
            The program at the address speaks another protocol, or another version of it. Give its protocol with \
            --protocol, or the address of the right node. `--no-preflight` runs the cases anyway.
            """
        case .otherNode:
            """
            The node's answer contradicts an option, such as its network or identity. Correct the option, or use \
            `--no-preflight` to judge the node anyway.
            """
        case .cannotStart:
            """
            The command that starts the node fails, ends at once, or does not become ready in time. Run the command of \
            the target file by hand. Spec/files.md describes `control` and `ready`.
            """
        case .refused: "A running node has refused or not completed a command. The error has the node's reason."
        case .noDevice:
            "The network device does not exist, or it is down. `ip link` lists the devices and their states."
        case .badTLS:
            "TLS cannot be used: a certificate, a key or the authorities are not PEM, or do not belong together."
        case .noEffect:
            """
            A running node carried out a command, but the command did not have its effect in time. For example, no node \
            acknowledged a message. The exit status is 7. `--wait` gives the command more time.
            """
        case .system:
            "The system refuses a resource that the program needs, such as memory, a thread, a terminal or a pipe."
        case .interrupted: "A signal, such as Ctrl-C, has ended the command before it was complete."
        case .unequal: "Two results that must be equal are not. This is an error of meshspec's own models: report it."
        }
    }
}
