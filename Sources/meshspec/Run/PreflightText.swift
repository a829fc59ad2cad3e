import Libp2p
import Network
import Node
import Scenario
import WebSocket
import Wire

/// Text for the user about a preflight that did not find a node of the protocol.
extension Preflight {
    /// Returns the outcome in one line.
    func text(_ outcome: Outcome, _ definition: Definition) -> String {
        let tried = titles.isEmpty ? "" : " (asked \(titles.joined(separator: ", ")))"
        let name = definition.name
        switch outcome {
        case .nobody(let why): return "no node is at \(address): \(why)"
        case .silent(closes: true, let words):
            let with = words.isEmpty ? "" : ", with \(words)"
            return "the program at \(place) closes each connection that begins with \(name)\(tried)\(with)"
        case .silent(closes: false, let words):
            return "the program at \(place) does not answer in \(name)\(tried)" + (words.isEmpty ? "" : ": \(words)")
        case .foreign(let bytes):
            return "the program at \(place) does not speak \(name): it sends \(Self.text(of: bytes))"
        case .echo: return "the program at \(place) does not speak \(name): it echoes what it receives"
        case .refused(_, let why) where isLibp2p && MultistreamProbe.offers(at: address) != nil:
            return "the program at \(place) speaks multistream-select, but \(why)"
        case .refused(let layer, let why):
            let title = layer == definition.name ? definition.title : definition.reading.layers?[layer]?.title ?? layer
            return "the program at \(place) does not speak \(title): \(why)"
        case .found, .givenUp: return ""
        }
    }
    /// Returns the outcome as an error, with its remedy.
    func error(_ outcome: Outcome, _ definition: Definition) -> CommandError {
        let code: ErrorCode =
            switch outcome {
            case .nobody: .noNode
            case .silent: .noAnswer
            case .foreign, .echo, .refused, .found, .givenUp: .otherProtocol
            }
        return CommandError(code, text(outcome, definition), remedy: remedy(outcome))
    }
    /// Returns a hint about the next step of the user.
    func remedy(_ outcome: Outcome) -> String {
        let judge = "--no-preflight to judge it anyway"
        switch outcome {
        case .nobody:
            let only = "; meshspec speaks libp2p over TCP only: a node that has QUIC alone cannot be tested"
            return "start the node first, or give another address" + (isLibp2p ? only : "")
        case .refused where isLibp2p && settings["security"] != "any" && !securityHint.isEmpty:
            return securityHint + ", or \(judge)"
        case .refused where isLibp2p && !securityHint.isEmpty: return securityHint
        case .refused(let layer, _) where layer == definition.reading.layers?.security:
            return (isURL ? "give ws:// for wss://" : "leave out --tls") + ", or \(judge)"
        case .refused(Definition.webSocket.name, _) where definition.name != Definition.webSocket.name:
            return "give another path or address, --protocol websocket to test the layer below, or \(judge)"
        case .silent where !firstMessage.isEmpty:
            return "give another address or --protocol, or \(judge); " + sentText
        default: return "give another address or --protocol, or \(judge)"
        }
    }
    private var isLibp2p: Bool { definition.reading.layers?[LayerName.security] != nil }
    /// A hint about the security protocols that a libp2p node offers; empty for another node, or if the node accepts
    /// ours.
    private var securityHint: String {
        guard isLibp2p, let offers = MultistreamProbe.offers(at: address) else { return "" }
        let ours = MultistreamProbe.ours.filter { offers.contains($0.id) }
        // The node refused something other than the security protocol.
        if ours.contains(where: { $0.name == settings["security"] }) { return "" }
        if let one = ours.first {
            return settings["security"] == "any" ? "" : "it accepts \(one.id): give -P security=\(one.name)"
        }
        let all =
            offers.isEmpty
            ? "none of " + MultistreamProbe.securities.joined(separator: ", ") : offers.joined(separator: ", ")
        return
            "it accepts \(all): let it offer \(ProtocolID.noise) as well: meshspec speaks "
            + "neither TLS nor QUIC of libp2p"
    }
    /// The address, or the URL that the user gave for it.
    private var place: String {
        guard isURL, let target = settings.resource?.target else { return "\(address)" }
        return (definition.reading.layers?.security == nil ? "ws" : "wss") + "://\(address)\(target)"
    }
    private var isURL: Bool {
        let webSocket = Definition.webSocket.name
        return settings.resource != nil
            && (definition.name == webSocket || definition.reading.layers?[webSocket] != nil)
    }
    private static var shownBytes: Int { 64 }
    /// The first message that was sent, for developers of a node. Of a text it shows the first line.
    private var sentText: String {
        let bytes = firstMessage
        var framing = definition.reading.framing(settings)
        var name = ""
        if case .message(let type, _) = framing.next(bytes.span.bytes) { name = "\(type.name) of " }
        let start = Self.text(of: Array(bytes.prefix { $0 != 0x0d && $0 != 0x0a }))
        if start.hasPrefix("`") { return "it was sent \(name)\(bytes.count) bytes first: \(start)" }
        let more = bytes.count > Self.shownBytes ? "..." : ""
        return "it was sent \(name)\(bytes.count) bytes first: 0x" + Array(bytes.prefix(Self.shownBytes)).hex + more
    }
}
