public import Wire

/// A layer as the rest of the program knows it.
public struct LayerDefinition: Sendable {
    /// As in `libp2p.noise`; unique in a stack.
    public var name: String
    /// Its name for people.
    public var title: String
    /// Its messages: what its units are.
    public var messages: [any Message.Type]
    /// Whether it carries whole messages (`LayerOutput.Item.whole`), each with all its bytes in one output. Else it
    /// carries streams, cut anywhere.
    public var carriesMessages: Bool
    /// Whether its channels are streams that both sides open as they want, and each side ends for itself. Such a layer
    /// stands as soon as it begins.
    public var opensChannels: Bool
    /// Whether its ends tell secrets, without which nobody reads what it carries.
    public var encrypts: Bool
    /// What captures show of whole messages that are of no protocol that anybody knows, by their kind
    /// (`LayerOutput.Item.whole`); empty: nothing.
    public var contents: [UInt8: any Message.Type]
    /// Takes a stream apart. With settings, what does not fit them is refused; without, all is accepted. A layer that
    /// encrypts looks for its keys in the secrets.
    public var layer: @Sendable (Settings?, Secrets?) -> any Layer
    /// Makes a passive observer of it.
    public var observer: @Sendable (Settings?, Scrutiny) -> any Observer
    /// One end of it.
    public var end: @Sendable (LayerOptions) -> any LayerEnd

    /// A layer of this name. `title`: nil where people call it the same.
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

/// What one end of a layer is made from.
public struct LayerOptions: Sendable {
    /// Who opened the stream below.
    public var opener: Opener
    /// The other end of the connection.
    public var peer: Endpoint
    /// What whoever opened it wants there, such as the path and query of a URL; empty where the layer has no such thing.
    public var target = ""
    /// Profile and parameters.
    public var settings: Settings
    /// Keys come from here.
    public var random: Random
    /// Where an end of a layer that encrypts tells its secrets; nil: nobody wants them.
    public var secrets: Secrets?
    /// The private key of whom the end is of, as a protocol has it; nil: it makes one where it needs one.
    public var identity: [UInt8]?
    /// An end of a connection with this peer.
    public init(_ opener: Opener, _ peer: Endpoint, target: String = "", _ settings: Settings, _ random: Random) {
        self.opener = opener
        self.peer = peer
        self.target = target
        self.settings = settings
        self.random = random
    }
}

/// The layers between a transport and what a protocol speaks.
public struct LayerStack: Sendable {
    /// The name of the layer that a fresh connection speaks.
    public var bottom: String
    /// All layers that connections may come to speak.
    public var layers: [LayerDefinition]
    /// A layer that protects the connection and is none of the protocol's: bytes that a scenario sends raw go above it,
    /// and it stands where no layer shall. Nil: there is none.
    public var security: String?
    /// What a layer below says of a message of the protocol (`LayerOutput.Item.whole`), such as that it is a text.
    public var kind: @Sendable (RawSpan) -> UInt8
    /// The name of the layer or protocol for what was negotiated (`LayerOutput.Item.begins`, `becomes`); nil: nobody
    /// knows it.
    public var resolve: @Sendable (String) -> String?
    /// What `resolve` takes that is known beforehand, such as ids that are negotiated: the layer or protocol of each.
    public var ids: [String: String]
    /// The same for all that begins so, such as the ids of all versions of a protocol.
    public var prefixes: [String: String]

    /// A stack that begins with the layer `bottom`.
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
