/// The reference node of a protocol, and the ways to control and identify nodes.
public struct ReferenceImplementation: Sendable {
    /// The seeded faults of the reference node. The list is created when it is read, so that a decoder starts
    /// without it.
    public var bugs: [Bug] {
        get { listBugs() }
        set { listBugs = { newValue } }
    }
    private var listBugs: @Sendable () -> [Bug]
    /// The kinds of participants, such as `superpeer`: the values of `kind` of an actor. The first one is the
    /// default.
    public var kinds: [Named]
    /// The questions and commands to a node from its own side, such as `routes` or `find`, which `dut` steps may
    /// use.
    public var controls: [NodeControl]
    /// The question, from `controls`, whose answer is the state that the node keeps over a restart. A later start takes
    /// it as `NodeOptions.stored`. Nil: the node keeps nothing.
    public var store: String?
    /// Returns the peers that a node with these settings contacts if it knows no others, each as `HOST:PORT` with a
    /// host name to look up. Empty: the protocol has no such peers.
    public var preconfigured: @Sendable (Settings) -> [String]
    /// Returns true if nodes with these settings have another node open their data channels (`ChannelUser`).
    public var usesChannels: @Sendable (Settings) -> Bool
    /// Returns a node that opens data channels for nodes and actors of the protocol; nil if this system cannot create
    /// certificates. Nil: the program has no data channels.
    public var carrier: (@Sendable (ChannelCarrierOptions) -> (any ChannelCarrier)?)?
    /// The way to identify the node at an address; nil if the protocol cannot do it.
    public var inquiry: Inquiry?
    /// Returns the exchange with which a new address begins with a node of this kind and settings; nil: no
    /// exchange. Only over UDP.
    public var introduction: @Sendable (Settings, _ kind: String?, inout Random) -> (any Introduction)?
    /// Creates a reference node.
    public var node: @Sendable (NodeOptions) -> any Node
    /// Returns `carrier` if nodes with these settings have another node open their data channels.
    public func carrier(for settings: Settings) -> (@Sendable (ChannelCarrierOptions) -> (any ChannelCarrier)?)? {
        usesChannels(settings) ? carrier : nil
    }
    /// Creates the description of the node; arguments that are left out have their defaults.
    public init(
        bugs: @escaping @autoclosure @Sendable () -> [Bug] = [],
        kinds: [Named] = [],
        controls: [NodeControl] = [],
        store: String? = nil,
        preconfigured: @escaping @Sendable (Settings) -> [String] = { _ in [] },
        usesChannels: @escaping @Sendable (Settings) -> Bool = { _ in false },
        carrier: (@Sendable (ChannelCarrierOptions) -> (any ChannelCarrier)?)? = nil,
        inquiry: Inquiry? = nil,
        introduction: @escaping @Sendable (Settings, _ kind: String?, inout Random) -> (any Introduction)? = {
            _, _, _ in nil
        },
        node: @escaping @Sendable (NodeOptions) -> any Node
    ) {
        listBugs = bugs
        self.kinds = kinds
        self.controls = controls
        self.store = store
        self.preconfigured = preconfigured
        self.usesChannels = usesChannels
        self.carrier = carrier
        self.inquiry = inquiry
        self.introduction = introduction
        self.node = node
    }
}
