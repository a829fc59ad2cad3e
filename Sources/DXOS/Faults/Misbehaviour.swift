import Node

/// A seeded fault of the reference node; a node has at most one. The text after the colon describes the wrong
/// behaviour.
enum Misbehaviour: String, SeededFault {
    static let named = byName()

    // Messages
    case fieldsInOrder = "SIG-07: does not answer requests whose fields are not in order"
    case negativeIDsIgnored = "SIG-08 SIG-38: does not answer requests with a negative id"
    case needsDefaults = "SIG-81 SIG-03: does not answer requests without an id"
    case needsOpen = "SIG-22: passes over requests before dxos.open"
    // Calls
    case wrongID = "SIG-25: answers unary calls with the next id"
    case oneCallAtATime = "SIG-37: ignores calls that arrive with another one"
    case idsMustGrow = "SIG-38: passes over ids that are not above those before"
    case dropsLarge = "SIG-107: accepts messages that are too large for it, and drops them"
    // Swarms
    case noAnnouncement = "SIG-41: does not notify members of a new peer"
    case noLateJoiner = "SIG-42: does not notify a joining peer of the present members"
    case neverPeerLeft = "SIG-48: does not say that a peer left"
    case noGrace = "SIG-50 SIG-86: says at once that a peer left whose connection is lost"
    case graceIsShort = "SIG-50 SIG-86: waits a quarter of the grace period"
    case graceNeverEnds = "SIG-50 SIG-86: never says that a peer left whose connection is lost"
    case forgetsReturn = "SIG-51: says that a peer left that came back in time"
    // Faults between hosts
    case secondIsSilent = "SIG-60: announces the first peer of a swarm only"
    case answersWithOne = "SIG-61: announces only one member back"
    case ignoresAnnouncements = "SIG-64: does not notify its peers of peers at other hosts"
}
