import Network
import Node

/// Runs a node that listens and a node that connects to it, for one second of the network's time. With
/// `SimulatedNetwork`, this takes no real time. `SocketNetwork` uses real sockets. Returns the reports of the nodes.
func meet(_ definition: Definition, on network: any Network) throws -> [String] {
    let driver = Driver(network)
    driver.tellsReports = true
    let settings = try definition.settings()
    let (listener, address) = try driver.listen(.loopback(0))
    driver.add(definition.reference.node(NodeOptions(settings, random: Random(seed: 1))), listeners: [listener])
    driver.add(definition.reference.node(NodeOptions(settings, random: Random(seed: 2), peers: [address])))
    var reports: [String] = []
    let end = driver.now + .seconds(1)
    while let happened = driver.next(until: end) {
        if case .reported(_, let event) = happened { reports.append(event.name) }
    }
    return reports
}
