internal import Network
public import Node

/// Measures what an interval costs: the datagrams of real nodes, once every hub knows every node and nothing changes
/// any more.
public enum MeshMeasurement {
    /// After so long the hubs did not know all nodes, or things still changed.
    public struct Unsettled: Error, Equatable, Sendable, CustomStringConvertible {
        public var after: Duration
        /// One line for people.
        public var description: String { "the mesh had not come to rest after \(after.nanoseconds / 1_000_000_000) s" }
    }

    /// The first request of every hub to every other hub, and of every peer to its hub, after the mesh has come to
    /// rest, and all that answers them: what one interval takes, whatever moment a node begins it at. Nothing is lost.
    public static func run(
        _ definition: Definition, _ model: MeshModel, _ size: MeshSize, _ settings: Settings, seed: UInt64
    ) throws -> MeshCost {
        let mesh = Mesh(definition, model, MeshPlan(size, settings, seed: seed))
        try mesh.start()
        let limit = Instant.zero + model.interval * 60
        while mesh.census.converged == nil || mesh.census.lastNews + model.longestInterval * 2 > mesh.driver.now {
            guard mesh.driver.now < limit else { throw Unsettled(after: limit - .zero) }
            mesh.run(until: mesh.driver.now + .seconds(1))
        }
        var meter = IntervalMeter(size)
        mesh.onDatagram { from, to, bytes in
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
    var cost: MeshCost { traffic.cost }
    private var traffic: TrafficCount
    /// No further exchanges are counted; those that were begun are.
    var isClosed = false
    /// Of the requests that are counted, by who sends them and to whom.
    private var numbers: [Int: [Int: UInt64]] = [:]
    init(_ size: MeshSize) { traffic = TrafficCount(size) }

    mutating func add(_ from: Int, _ to: Int, _ bytes: Int, _ exchange: Exchange) {
        if let answers = exchange.answers {
            guard numbers[to]?[from] == answers else { return }
        } else {
            if !isClosed, numbers[from]?[to] == nil { numbers[from, default: [:]][to] = exchange.number }
            guard numbers[from]?[to] == exchange.number else { return }
        }
        traffic.add(from, to, bytes, exchange)
    }
}
