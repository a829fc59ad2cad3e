import Node
import TLS

/// The security of a node's connections: TLS for every connection, or the protocol's own layers. It also writes the log
/// of their keys.
struct NodeSecurity {
    static let options = [
        Option(.tls, "use TLS on all connections, as wss:// URLs do"),
        Option(.certificate, value: "FILE", "certificate of a node that listens, PEM (default: self-signed)"),
        Option(.key, value: "FILE", "private key of the certificate, PEM, without a password"),
        Option(
            .authorities, value: "FILE",
            "CA certificates, PEM, to verify dialled nodes with (default: certificates are not verified)"),
        Option(
            .alpn, value: "NAME", repeatable: true, "application protocol, such as http/1.1; the preferred one first"
        ),
        Option(.keylog, value: "FILE", "append the TLS, DTLS or Noise keys of all connections to FILE, for decoders"),
    ]
    private var context: TLSContext?
    private var keys: KeyLogWriter?

    /// Reads the options and the URLs of the peers. `carrier`: the protocol that carries the bus of the node, if one does.
    /// `hasChannels`: the node has data channels, which DTLS encrypts.
    init(
        _ invocation: Invocation, _ definition: Definition, over carrier: Definition?, _ addresses: [TargetURL],
        hasChannels: Bool
    ) throws {
        guard invocation.has(.tls) || addresses.contains(where: \.isSecure) else {
            let encrypts = [definition, carrier].contains {
                $0?.reading.layers?.layers.contains(where: \.encrypts) ?? false
            }
            for name in Self.options.map(\.name) where invocation.has(name) {
                if name == .keylog, encrypts || hasChannels { continue }
                throw CommandError(.notApplicable, at: name, "this is for TLS", remedy: "give --tls or a wss:// URL")
            }
            if let path = invocation[.keylog] { keys = try KeyLogWriter(path) }
            return
        }
        guard definition.transport == .tcp else {
            throw CommandError(
                .notApplicable, at: .tls,
                "\(definition.name) runs over \(definition.transport.rawValue) and has no TLS")
        }
        if let plain = addresses.first(where: { !$0.isSecure && $0.target != nil }) {
            throw CommandError(
                .conflict, at: "ws://\(plain.host)...", "all connections use TLS, but this one does not",
                remedy: "write wss://")
        }
        guard invocation.has(.certificate) == invocation.has(.key) else {
            throw CommandError(
                .missingArgument, "one of --certificate and --key is missing", remedy: "give both")
        }
        var options = TLSOptions()
        options.applicationProtocols = invocation.all(.alpn)
        options.serverName = addresses.first?.host
        options.authorities = try invocation[.authorities].map { try Files.read($0) }
        if let chain = invocation[.certificate], let key = invocation[.key] {
            options.certificate = Certificate(chain: try Files.read(chain), key: try Files.read(key))
        }
        do throws(TLSError) { context = try TLSContext(options) } catch { throw error.coded }
        if let path = invocation[.keylog] { keys = try KeyLogWriter(path) }
    }
    /// The collection of secrets that the layers of the protocol fill; nil if no key log is written.
    var secrets: Secrets? { keys?.secrets }
    /// Returns the protocol with the chosen security.
    func applied(to definition: Definition) -> Definition {
        guard let context else { return definition }
        return definition.overTLS(context, secrets: keys?.secrets)
    }
    /// Appends the keys that became known.
    func writeKeys() throws(CommandError) { try keys?.write() }
}
