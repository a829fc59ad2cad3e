public import Network
public import Node

/// Measures what an interval costs: the datagrams of real nodes, once every hub knows every node and nothing changes
/// any more.
public enum MeshMeasurement {
    /// Why there is no measurement.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        case network(NetworkError)
        /// After so long the hubs did not know all nodes, or things still changed.
        case unsettled(after: Duration)
        /// One line for people.
        public var description: String {
            switch self {
            case .network(let e): e.description
            case .unsettled(let d): "the mesh had not come to rest after \(d.nanoseconds / 1_000_000_000) s"
            }
        }
    }

    /// The first request of every hub to every other hub, and of every peer to its hub, after the mesh has come to
    /// rest, and all that answers them: what one interval takes, whatever moment a node begins it at. Nothing is lost.
    public static func run(
        _ definition: Definition, _ model: MeshModel, _ size: MeshSize, _ settings: Settings, seed: UInt64
    ) throws(Failure) -> MeshCost {
        let mesh = Mesh(definition, model, MeshPlan(size, settings, seed: seed))
        do throws(NetworkError) { try mesh.start() } catch { throw .network(error) }
        let limit = Instant.zero + model.interval * 60
        while mesh.census.converged == nil || mesh.census.lastNews + model.longestInterval * 2 > mesh.driver.now {
            guard mesh.driver.now < limit else { throw .unsettled(after: limit - .zero) }
            mesh.run(until: mesh.driver.now + .seconds(1))
        }
        var meter = IntervalMeter(size)
        mesh.onDatagram = { from, to, bytes in
            if let exchange = model.exchange(bytes) { meter.add(from, to, bytes.byteCount, exchange) }
        }
        mesh.run(until: mesh.driver.now + model.longestInterval)
        // Answers to those that went out last.
        meter.isClosed = true
        mesh.run(until: mesh.driver.now + .seconds(1))
        return meter.cost
    }
}

/// Counts the first exchange of each pair of nodes.
private struct IntervalMeter {
    private struct Pair: Hashable {
        var from: Int
        var to: Int
    }
    private(set) var cost = MeshCost()
    /// No further exchanges are counted; those that were begun are.
    var isClosed = false
    private var numbers: [Pair: UInt64] = [:]
    private let hubs: Int
    init(_ size: MeshSize) { hubs = size.hubs }

    mutating func add(_ from: Int, _ to: Int, _ bytes: Int, _ exchange: Exchange) {
        if let answers = exchange.answers {
            guard numbers[Pair(from: to, to: from)] == answers else { return }
        } else {
            let pair = Pair(from: from, to: to)
            if !isClosed, numbers[pair] == nil { numbers[pair] = exchange.number }
            guard numbers[pair] == exchange.number else { return }
        }
        let one = MeshTraffic(messages: exchange.isFirst ? 1 : 0, datagrams: 1, ids: exchange.ids, bytes: bytes)
        if from < hubs, to < hubs { cost.hubs = cost.hubs + one } else { cost.uplinks = cost.uplinks + one }
    }
}
