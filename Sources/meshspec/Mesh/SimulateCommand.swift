import Network
import Node
import Report
import Scenario
import Simulation
import Wire

extension Command {
    static let simulate = Command(
        name: "simulate", summary: "simulate a mesh of thousands of nodes in virtual time", operands: "PROTOCOL",
        options: MeshOptions.options + [
            Option(.loss, value: "P", "probability that a datagram is lost (default: 0)"),
            Option(.duplicate, value: "P", "probability that a datagram arrives twice (default: 0)"),
            Option(.delay, value: "MIN-MAX", "delay of a datagram, such as 10ms-80ms (default: 50us-250us)"),
            Option(.minutes, value: "M", "minutes that the mesh runs (default: 10)"),
            Option(.svg, value: "FILE", "a plot of convergence and of bytes against the number of peers"),
        ] + RelayMeshes.options + GossipMeshes.options + LookupMeshes.options,
        examples: [
            ("meshspec simulate rightmesh", "1000 peers, 10 superpeers, full-mesh, ten minutes"),
            (
                "meshspec simulate rightmesh --superpeers 50 --peers 10000 --loss 0.01 --seed 7",
                "a large mesh with packet loss"
            ),
            ("meshspec simulate rightmesh --peers 100,1000,10000 --svg mesh.svg", "a plot of the growth"),
            ("meshspec simulate peerpigeon --hubs 50 --upsets 200", "hubs, some of which die"),
            ("meshspec simulate gossipsub --peers 1000 --loss 0.01", "routers: delivery, copies, hops, control"),
            ("meshspec simulate kad --peers 10000 --churn 0.01", "a DHT: hops, and what is found while peers leave"),
        ],
        notes: """
            All nodes are reference nodes and start at the same time. The default mode is full-mesh. The same seed gives
            the same run. For hubs, `simulate` checks that a message arrives at most once, arrives wherever a path
            exists, and never loops. For routers, it checks the mesh sizes after each heartbeat, GRAFT within a backoff,
            that each message is delivered once, and that all routers receive it if nothing is lost. For a DHT, it checks
            that each search finds its provider if no peer leaves.
            Exit status: 0 every mesh converged and passed all checks; 1 one did not; 2 usage; 4 the plot cannot be
            written.
            """,
        body: SimulateCommand.run)
}

/// `meshspec simulate`.
enum SimulateCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        let all = Registry.definitions.filter {
            $0.meshes.mesh != nil || $0.meshes.relay != nil || $0.meshes.gossip != nil || $0.meshes.lookup != nil
        }
        if let meshes = try LookupMeshes(invocation, try invocation.definition(of: all)) { return try meshes.run() }
        if let meshes = try GossipMeshes(invocation, try invocation.definition(of: all)) { return try meshes.run() }
        if let meshes = try RelayMeshes(invocation, try invocation.definition(of: all)) { return try meshes.run() }
        let options = try MeshOptions(invocation)
        let sizes = try options.sizes
        let seed = try invocation.seed ?? 1
        let settings = try options.settings(mode: try options.mode ?? options.modes.last ?? "")
        let minutes = try invocation.number(.minutes, 1...10_000) ?? 10
        var conditions = DatagramConditions(
            loss: try options.probability(.loss), duplication: try options.probability(.duplicate))
        if let text = invocation[.delay] { conditions.delay = try MeshOptions.delay(text) }
        let isJSON = invocation.has(.json)
        if !isJSON {
            try Console.print(MeshText.head(options, settings, conditions, minutes: minutes, seed: seed))
        }
        var outcomes: [MeshOutcome] = []
        for size in sizes {
            let plan = MeshPlan(
                size, settings, seed: seed, conditions: conditions, duration: .seconds(60 * minutes))
            let outcome = try MeshSimulation.run(options.definition, options.model, plan)
            outcomes.append(outcome)
            if isJSON { try Console.print(MeshText.value(outcome, options.model)) }
        }
        try Console.print(
            isJSON: isJSON, MeshText.fit(outcomes, options.model), MeshText.table(outcomes, options.model))
        if let path = invocation[.svg], let why = Files.write(MeshPlot.svg(outcomes, options, settings), to: path) {
            throw CommandError.unwritten(path, why)
        }
        return outcomes.allSatisfy { $0.converged != nil } ? ExitCode.good : ExitCode.failed
    }
}
