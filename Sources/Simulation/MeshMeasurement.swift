internal import Network
public import Node

/// A measurement of the traffic of an interval. It counts the datagrams of real nodes once every hub knows every node
/// and no entry changes.
public enum MeshMeasurement {
    /// An error: after this time the hubs did not know all nodes, or entries still changed.
    public struct Unsettled: Error, Equatable, Sendable, CustomStringConvertible {
        public var after: Duration
        /// One line for the user.
        public var description: String { "the mesh did not settle within \(after.nanoseconds / 1_000_000_000) s" }
    }

    /// Measures the first request of every hub to every other hub, and of every peer to its hub, after the mesh is at
    /// rest, with all answers. This is the traffic of one interval, regardless of when each node begins it. No datagram
    /// is lost.
    public static func run(
        _ definition: Definition, model: MeshModel, size: MeshSize, settings: Settings, seed: UInt64
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
            if let exchange = model.exchange(bytes) { meter.add(from: from, to: to, bytes.byteCount, in: exchange) }
        }
        mesh.run(until: mesh.driver.now + model.longestInterval)
        // This waits for the answers to the last requests.
        meter.isClosed = true
        mesh.run(until: mesh.driver.now + .seconds(1))
        return meter.cost
    }
}

/// A meter of the first exchange of each pair of nodes.
private struct IntervalMeter {
    var cost: MeshCost { traffic.cost }
    private var traffic: TrafficCount
    /// True if only exchanges that have begun are counted.
    var isClosed = false
    /// The numbers of the counted requests, by sender and receiver.
    private var numbers: [Int: [Int: UInt64]] = [:]
    init(_ size: MeshSize) { traffic = TrafficCount(size) }

    mutating func add(from: Int, to: Int, _ bytes: Int, in exchange: Exchange) {
        if let answers = exchange.answers {
            guard numbers[to]?[from] == answers else { return }
        } else {
            if !isClosed, numbers[from]?[to] == nil { numbers[from, default: [:]][to] = exchange.number }
            guard numbers[from]?[to] == exchange.number else { return }
        }
        traffic.add(from: from, to: to, bytes, in: exchange)
    }
}
