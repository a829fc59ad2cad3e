public import Wire

/// The definition of a layer for the rest of the program.
public struct LayerDefinition: Sendable {
    /// The name, such as `libp2p.noise`; unique in a stack.
    public var name: String
    /// The layer's name for people.
    public var title: String
    /// The messages of the layer.
    public var messages: [any Message.Type]
    /// True if it carries whole messages (`LayerOutput.Item.whole`), each with all its bytes in one output. Otherwise
    /// it carries streams, cut at any place.
    public var carriesMessages: Bool
    /// True if its channels are streams that either side opens at any time, and each side ends for itself. Such a layer
    /// is up as soon as it begins.
    public var opensChannels: Bool
    /// True if its ends record secrets, without which its content cannot be read.
    public var encrypts: Bool
    /// The types that captures show for whole messages of unknown protocols, by the kind of the message
    /// (`LayerOutput.Item.whole`); empty: captures show nothing.
    public var contents: [UInt8: any Message.Type]
    /// Creates a layer that splits a stream. With settings, it refuses messages that do not fit them; without settings
    /// it accepts all. A layer that encrypts looks for its keys in the secrets.
    public var layer: @Sendable (Settings?, Secrets?) -> any Layer
    /// Creates a passive observer of the layer.
    public var observer: @Sendable (Settings?, Scrutiny) -> any Observer
    /// Creates one end of the layer.
    public var end: @Sendable (LayerOptions) -> any LayerEnd

    /// Creates a layer of this name. `title` is nil if people use the same name.
    public init(
        name: String, title: String? = nil, messages: [any Message.Type], carriesMessages: Bool,
        opensChannels: Bool = false, encrypts: Bool = false, contents: [UInt8: any Message.Type] = [:],
        layer: @escaping @Sendable (Settings?, Secrets?) -> any Layer,
        observer: @escaping @Sendable (Settings?, Scrutiny) -> any Observer,
        end: @escaping @Sendable (LayerOptions) -> any LayerEnd
    ) {
        self.name = name
        self.title = title ?? name
        self.messages = messages
        self.carriesMessages = carriesMessages
        self.opensChannels = opensChannels
        self.encrypts = encrypts
        self.contents = contents
        self.layer = layer
        self.observer = observer
        self.end = end
    }
}

/// The options from which one end of a layer is created.
public struct LayerOptions: Sendable {
    /// The side that opened the stream below.
    public var opener: Opener
    /// The other end of the connection.
    public var peer: Endpoint
    /// The resource that the opener asks for, such as the path and query of a URL; empty if the layer has no resources.
    public var target = ""
    /// The profile and parameters.
    public var settings: Settings
    /// The source of keys.
    public var random: Random
    /// The place where an end of a layer that encrypts records its secrets; nil: they are not recorded.
    public var secrets: Secrets?
    /// The private key of this end, in the form of the protocol; nil: the end creates one if it needs one.
    public var identity: [UInt8]?
    /// Creates the options for an end of a connection with this peer.
    public init(_ opener: Opener, peer: Endpoint, target: String = "", settings: Settings, random: Random) {
        self.opener = opener
        self.peer = peer
        self.target = target
        self.settings = settings
        self.random = random
    }
}

/// The layers between a transport and a protocol.
public struct LayerStack: Sendable {
    /// The name of the layer that a new connection uses first.
    public var bottom: String
    /// All layers that connections may use.
    public var layers: [LayerDefinition]
    /// The layer that protects the connection and is not part of the protocol. Bytes that a scenario sends raw are sent
    /// above it, and it is present even if a case uses no layer. Nil: connections are not protected.
    public var security: String?
    /// Returns the kind that a layer below gives to a message of the protocol (`LayerOutput.Item.whole`), such as text.
    public var kind: @Sendable (RawSpan) -> UInt8
    /// Returns the name of the layer or protocol for a negotiated text (`LayerOutput.Item.begins`, `becomes`); nil if
    /// it is unknown.
    public var resolve: @Sendable (String) -> String?
    /// The layer or protocol of each text for `resolve` that is known beforehand, such as ids that are negotiated.
    public var ids: [String: String]
    /// The layer or protocol of all texts with a prefix, such as the ids of all versions of a protocol.
    public var prefixes: [String: String]

    /// The text for a change to TLS (`LayerStep.becomes`).
    public static let startTLS = "starttls"

    /// Creates a stack that begins with the layer `bottom`.
    public init(
        bottom: String, layers: [LayerDefinition], kind: @escaping @Sendable (RawSpan) -> UInt8 = { _ in 0 },
        ids: [String: String] = [:], prefixes: [String: String] = [:],
        resolve: @escaping @Sendable (String) -> String?
    ) {
        self.bottom = bottom
        self.layers = layers
        self.kind = kind
        self.ids = ids
        self.prefixes = prefixes
        self.resolve = resolve
    }
    /// The layer of this name.
    public subscript(name: String) -> LayerDefinition? { layers.first { $0.name == name } }
}
