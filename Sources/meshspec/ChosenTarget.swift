import Network
import Node
import Scenario

/// The node under test as the command line names it: built in, at an address, or in a target file.
final class ChosenTarget {
    /// Why there is none, and the exit status for it.
    struct Failure: Error {
        var message: String
        var status: Int32
    }
    var name: String
    var settings: Settings
    var lacks: Set<String> = []
    var address: Endpoint?
    var listen: Endpoint?
    var isRemote = false
    /// What the command line said, for the command that runs a case again.
    var arguments: [String] = []
    private var dialCommand: String?
    private var folder = "."
    private var node: Subprocess?
    private var dialer: Subprocess?

    private let interrupts: Interrupts

    /// What the command line says; starts the node when its target file says how.
    init(
        _ invocation: Invocation, _ library: Library, _ definition: Definition, _ interrupts: Interrupts
    ) throws(Failure) {
        self.interrupts = interrupts
        let parameters: [String: String]
        do throws(UsageError) { parameters = try invocation.pairs("--param") } catch {
            throw Failure(message: error.message, status: ExitCode.usage)
        }
        name = "reference node"
        do throws(SettingsError) {
            settings = try definition.settings(profile: invocation["--profile"], parameters)
        } catch {
            throw Failure(message: "\(error)", status: ExitCode.usage)
        }
        for option in ["--target", "--listen", "--profile", "--bug", "--param", "--slack", "--spec"] {
            for value in invocation.all(option) { arguments += [option, value] }
        }
        if invocation.has("--simulate") { arguments.append("--simulate") }
        let told = invocation["--target"]
        guard told != nil || invocation.has("--listen") else { return }
        if invocation.has("--simulate") {
            throw Failure(message: "--simulate is for the reference nodes, not for a target", status: ExitCode.usage)
        }
        if invocation.has("--bug") {
            throw Failure(message: "--bug is for the reference nodes, not for a target", status: ExitCode.usage)
        }
        isRemote = true
        if let told, Files.kind(told) == .file || told.hasSuffix(".yaml") || told.hasSuffix(".yml") {
            try read(told, library, profile: invocation["--profile"], parameters)
        } else if let told {
            name = told
            address = try resolve(told)
            if address?.port == 0 {
                throw Failure(message: "\(told): port 0 is nobody's; name the port of the node", status: ExitCode.usage)
            }
        } else {
            name = "node that dials us"
        }
        if let text = invocation["--listen"] { listen = try resolve(text) }
        if listen?.port == 0, dialCommand == nil {
            throw Failure(message: "--listen needs a port that the node can know", status: ExitCode.usage)
        }
    }
    func resolve(_ text: String) throws(Failure) -> Endpoint {
        do throws(NetworkError) { return try Resolver.resolve(text) } catch {
            throw Failure(message: "\(error)", status: error.isMalformed ? ExitCode.usage : ExitCode.environment)
        }
    }
    func read(_ path: String, _ library: Library, profile: String?, _ parameters: [String: String]) throws(Failure) {
        let source: SourceFile
        do throws(Files.Failure) { source = try Files.source(path) } catch {
            throw Failure(message: "\(error)", status: ExitCode.environment)
        }
        let (target, problems) = Target.load(
            source, library, folder: Files.folder(of: path), profile: profile, parameters: parameters)
        for p in problems { Console.write(p.rendered(source), to: 2) }
        guard let target else { throw Failure(message: "the target file is invalid", status: ExitCode.invalid) }
        name = target.name
        settings = target.settings
        lacks = target.lacks
        folder = target.folder
        dialCommand = target.dial
        if let text = target.listen { listen = try resolve(text) }
        if let text = target.address {
            let port = text.contains("{port}") ? try freePort() : nil
            let filled = port.map { text.replacing("{port}", with: "\($0)") } ?? text
            address = try resolve(filled)
        }
        if let start = target.start { try begin(start) }
    }
    func freePort() throws(Failure) -> UInt16 {
        do throws(NetworkError) { return try SocketNetwork().listen(.loopback(0)).bound.port } catch {
            throw Failure(message: "\(error)", status: ExitCode.environment)
        }
    }
    /// Starts the node and waits until it accepts connections, 15 s at most.
    func begin(_ command: String) throws(Failure) {
        let filled = fill(command, address)
        let clock = MonotonicClock()
        do throws(NetworkError) {
            let process = try Subprocess(filled, folder: folder, loud: Console.variable("MESHSPEC_VERBOSE") != nil)
            node = process
            guard let address else { return }
            let driver = Driver(try SocketNetwork())
            while clock.now < Instant.zero + .seconds(15) {
                if let status = interrupts.status { throw NetworkError("start", filled, "interrupted (\(status))") }
                if let status = process.exitStatus {
                    throw NetworkError(
                        "start", filled, "it ended with status \(status) (MESHSPEC_VERBOSE=1 shows its output)")
                }
                let link = driver.dial(address)
                if case .opened? = driver.next(until: driver.now + .seconds(1)) {
                    driver.close(link)
                    return
                }
                _ = driver.next(until: driver.now + .milliseconds(50))
            }
            throw NetworkError("start", filled, "nothing listens at \(address) after 15 s")
        } catch {
            throw Failure(message: "\(error)", status: interrupts.status ?? ExitCode.environment)
        }
    }
    func fill(_ command: String, _ at: Endpoint?) -> String {
        guard let at else { return command }
        return command.replacing("{port}", with: "\(at.port)").replacing("{host}", with: at.host)
            .replacing("{address}", with: "\(at)")
    }
    func subject(bug: String?) -> Subject {
        guard isRemote else { return .builtIn(bug: bug) }
        guard let command = dialCommand else { return .remote(Remote(address: address, listen: listen)) }
        return .remote(
            Remote(address: address, listen: listen) { [self] at in
                do throws(NetworkError) {
                    dialer = nil
                    dialer = try Subprocess(
                        fill(command, at), folder: folder, loud: Console.variable("MESHSPEC_VERBOSE") != nil)
                    return nil
                } catch {
                    return "\(error)"
                }
            })
    }
    func stop() {
        dialer = nil
        node = nil
    }
}
