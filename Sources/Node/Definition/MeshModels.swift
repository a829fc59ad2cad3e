/// The models for simulations of whole meshes of nodes.
public struct MeshModels: Sendable {
    /// The cost model of meshes of its nodes; nil: no model.
    public var mesh: MeshModel?
    /// The model for simulations of meshes of its hubs; nil: hubs do not pass on messages between clients.
    public var relay: RelayModel?
    /// The model for simulations of meshes of its routers; nil: the protocol has no routers.
    public var gossip: GossipModel?
    /// The model for simulations of distributed tables; nil: the protocol has no such table.
    public var lookup: LookupModel?
    /// Creates the models; arguments that are left out have their defaults.
    public init(
        mesh: MeshModel? = nil,
        relay: RelayModel? = nil,
        gossip: GossipModel? = nil,
        lookup: LookupModel? = nil
    ) {
        self.mesh = mesh
        self.relay = relay
        self.gossip = gossip
        self.lookup = lookup
    }
}
