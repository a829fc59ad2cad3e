/// The rules that turn bytes into messages of a protocol, and messages into the messages inside of them.
public struct MessageReading: Sendable {
    /// Creates the framing of one direction of a stream. With settings, it refuses messages that do not fit them;
    /// without settings it accepts all.
    public var framing: @Sendable (Settings?) -> any Framing
    /// The layers below the protocol; nil: it is directly on the transport.
    public var layers: LayerStack?
    /// The messages inside of the protocol's messages; nil: scenarios know none.
    public var inner: InnerMessages?
    /// Judges from the first bytes that one side sent, at least 8, if they belong to this protocol. Nil: `framing`
    /// is used, and a whole message with valid content is certain.
    public var probe: (@Sendable (RawSpan) -> Likelihood)?
    /// The rules for messages that take several datagrams; nil: no message does.
    public var datagrams: DatagramRules?
    /// The fields that hold opened bytes. A text names the type as which adjacent bytes are opened. For each such
    /// text, the map has the field that then holds them. The keys are the message type and the field of the text,
    /// such as `dxos.payload.type_url`.
    public var openings: [String: [String: String]]
    /// Creates the rules; arguments that are left out have their defaults.
    public init(
        framing: @escaping @Sendable (Settings?) -> any Framing,
        layers: LayerStack? = nil,
        inner: InnerMessages? = nil,
        probe: (@Sendable (RawSpan) -> Likelihood)? = nil,
        datagrams: DatagramRules? = nil,
        openings: [String: [String: String]] = [:]
    ) {
        self.framing = framing
        self.layers = layers
        self.inner = inner
        self.probe = probe
        self.datagrams = datagrams
        self.openings = openings
    }
}
