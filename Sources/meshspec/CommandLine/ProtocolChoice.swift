import Mutation
import Network
import Node
import Report
import Scenario
import WebSocket
import Wire

/// The protocols that a command line is about, among the protocols of the selected cases.
///
/// Profiles, parameters, faults and target files belong to one protocol. An option that names one of them excludes the
/// cases of other protocols. A node at an address speaks the protocol with that well-known port, or the protocol that
/// the command line names.
struct ProtocolChoice {
    static let option = Option(
        .protocol, value: "NAME", "only cases of this protocol (default: all protocols that fit the other options)")

    /// The remaining protocols, in the order of the registry; never empty.
    private(set) var definitions: [Definition]
    private let library: Library

    init(_ invocation: Invocation, _ cases: Cases) throws {
        library = cases.suite.library
        let there = Set(cases.scenarios.map(\.protocolName))
        definitions = library.definitions.filter { there.contains($0.name) }
        let known = library.definitions.map(\.name)
        if let name = try invocation.name(.protocol, of: "protocol", known, .unknownProtocol) {
            guard there.contains(name) else {
                throw CommandError(
                    .nothingSelected, at: .protocol, "no selected case belongs to protocol `\(name)`",
                    remedy: "`meshspec list --protocol \(name)` shows its cases", status: ExitCode.usage)
            }
            keep { $0.name == name }
        }
        if let target = invocation[.target] {
            if TargetURL.isURL(target) {
                keep { TargetURL.names($0, by: target) }
                // The path identifies a protocol on WebSocket. Any other path means WebSocket itself.
                keep { TargetURL.names($0, at: target) }
                if definitions.count > 1 {
                    let mayAsk = !invocation.has(.noPreflight) && !invocation.has(.dryRun)
                    if mayAsk { try Self.refuse(target, speaking: definitions) }
                    keep { $0.name == Definition.webSocket.name }
                }
            } else if let name = protocolName(of: target) {
                keep { $0.name == name }
            }
        }
        if let name = invocation[.profile] {
            keep { $0.configuration.profiles.contains { $0.name == name } }
            // If one protocol remains, it reports the unknown profile itself.
            if definitions.count > 1,
                !definitions.contains(where: { $0.configuration.profiles.contains { $0.name == name } })
            {
                let there = definitions.map {
                    "\($0.name) has \($0.configuration.profiles.map(\.name).joined(separator: ", "))"
                }
                throw CommandError(
                    .unknownName, at: .profile, "no profile is called `\(name)`",
                    remedy: there.joined(separator: "; "))
            }
        }
        for name in try invocation.pairs(.param).keys {
            keep { d in
                d.configuration.parameters.contains { $0.name == name }
                    || cases.scenarios.contains { s in
                        s.protocolName == d.name && s.parameters.contains { $0.name == name }
                    }
            }
        }
        if let bug = invocation[.bug] { keep { $0.reference.bugs.contains { $0.name == bug } } }
        if let mutant = invocation[.mutant] { keep { WireMutant.named(mutant, of: $0) != nil } }
        guard definitions.count > 1, invocation.has(.target) || invocation.has(.listen) else { return }
        // An invalid address is reported when it is used.
        for place in [invocation[.target], invocation[.listen]].compactMap(\.self) {
            guard TargetURL.isURL(place) || (try? Resolver.resolve(place)) != nil else { return }
        }
        let names = NearestName.choice(definitions.map(\.name))
        let question = { (excerpt: String) in
            CommandError(
                .ambiguous, "which protocol does the node speak?", remedy: "give --protocol \(names)", excerpt: excerpt)
        }
        guard let target = invocation[.target], let address = try? Resolver.resolve(target), address.port != 0,
            !invocation.has(.noPreflight), !invocation.has(.dryRun)
        else { throw question("") }
        switch try ProtocolProbe.find(definitions, at: address) {
        case .found(let definition): definitions = [definition]
        case .nobody(let why):
            throw CommandError(
                .noNode, "no node is at \(address): \(why)", remedy: "start the node first, or give another address")
        case .unknown(let words):
            throw question(words.map { "  " + Printable.text($0) }.joined(separator: "\n"))
        }
    }
    /// Throws an error if the node at a URL speaks one of the protocols on WebSocket. The cases of WebSocket itself do
    /// not fit such a node.
    private static func refuse(_ target: String, speaking definitions: [Definition]) throws {
        let webSocket = Definition.webSocket.name
        let others = definitions.filter { $0.name != webSocket }
        guard let found = ProtocolProbe.protocolOnWebSocket(others, at: target) else { return }
        throw CommandError(
            .ambiguous, "the program at \(target) speaks \(found.name) (\(found.title))",
            remedy: "give --protocol \(found.name), or --protocol \(webSocket) to test the layer below")
    }
    /// Keeps the protocols that fit. If none does, it changes nothing, and the code that reads the option reports the
    /// error.
    private mutating func keep(_ fits: (Definition) -> Bool) {
        let fitting = definitions.filter(fits)
        if !fitting.isEmpty { definitions = fitting }
    }
    /// Returns the protocol of a target file, or the one whose well-known port the address has.
    private func protocolName(of target: String) -> String? {
        if Files.kind(target) == .file { return library.protocolName(ofTarget: target) }
        guard let colon = target.lastIndex(of: ":"), let port = UInt16(target[target.index(after: colon)...]) else {
            return nil
        }
        let owners = definitions.filter { $0.configuration.ports.contains { $0.number == port } }
        return owners.count == 1 ? owners.first?.name : nil
    }
}
