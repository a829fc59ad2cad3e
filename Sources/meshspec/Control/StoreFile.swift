import Network
import Node
import Report
import Wire

/// The file of `node --peers`: the state that a node keeps over restarts, such as the peers that it stored. The node
/// does no I/O: this file gives it the state of the last run, and asks it for the present state.
final class StoreFile {
    static let options = [
        Option(
            .peers, value: "FILE",
            "file of the peers that it stores and contacts again after a restart, if the protocol has it"
        ),
        Option(
            .preconfigured, value: "HOST:PORT", repeatable: true,
            "peer to contact if --peers has none; `default` for those that nodes of the network know by name"),
    ]
    private static let format = "meshspec-node-state"
    private static let version: Value = 1

    private let path: String
    private let protocolName: String
    private let question: String
    /// The state of the last run; nil if the file does not exist yet.
    let stored: Value?
    private var written: Value?
    private var pace = Pace(.seconds(1))

    /// Reads the file; nil if the user gives none. A state under other settings, such as another network, is refused,
    /// because the node would replace it.
    init?(_ invocation: Invocation, _ definition: Definition, _ settings: Settings) throws {
        guard let path = invocation[.peers] else { return nil }
        guard let question = definition.reference.store else {
            throw CommandError(
                .notApplicable, at: .peers, "a node of \(definition.name) stores no peers", remedy: "leave out --peers")
        }
        (self.path, self.question, protocolName) = (path, question, definition.name)
        guard Files.kind(path) != .none else {
            stored = nil
            return
        }
        guard let file = JSON.parse(try Files.read(path, isFile: true)), file["format"] == .text(Self.format),
            let state = file["state"]
        else { throw CommandError(.invalidFile, at: path, "this is not a file that `node --peers` wrote") }
        guard file["version"] == Self.version else {
            throw CommandError(.otherVersion, at: path, "the file is of another version of meshspec")
        }
        guard file["protocol"] == .text(definition.name) else {
            throw CommandError(.conflict, at: path, "the file is of a node of another protocol")
        }
        for (name, value) in settings.values.sorted(by: { $0.key < $1.key }) {
            guard case .text(let other)? = state[name], other != value else { continue }
            throw CommandError(
                .conflict, at: path, "the file is of a node with \(name)=\(other)", remedy: "give another file")
        }
        (stored, written) = (state, state)
    }
    /// True if the state has no peers.
    private var isEmpty: Bool {
        guard case .list(let peers)? = stored?["peers"] else { return true }
        return peers.isEmpty
    }
    /// Writes the state of the node if it has changed, at most once in a second unless it is the last time. A program
    /// that is killed leaves a complete file.
    func write(_ driver: Driver, _ node: NodeID, isLast: Bool = false) throws(CommandError) {
        guard pace.isDue(driver.now - .zero) || isLast else { return }
        guard let state = driver.answer(node, question, []), state != written else { return }
        let file: Value = [
            "format": .text(Self.format), "version": Self.version, "protocol": .text(protocolName), "state": state,
        ]
        if let why = Files.write(RunEvents.line(ControlServer.plain(file)), to: path) {
            throw CommandError.unwritten(path, why)
        }
        written = state
    }

    /// Returns the peers of `--preconfigured`. None is looked up if the node has stored peers.
    static func preconfigured(
        _ invocation: Invocation, _ definition: Definition, _ settings: Settings, _ store: StoreFile?
    ) throws -> [Endpoint] {
        var names: [String] = []
        for text in invocation.all(.preconfigured) {
            guard text == "default" else {
                names.append(text)
                continue
            }
            let known = definition.reference.preconfigured(settings)
            guard !known.isEmpty else {
                throw CommandError(
                    .notApplicable, at: .preconfigured, "there are no default peers with these settings",
                    remedy: "give HOST:PORT")
            }
            names += known
        }
        guard store?.isEmpty ?? true else { return [] }
        return try names.map { try Resolver.resolve($0) }
    }
}
