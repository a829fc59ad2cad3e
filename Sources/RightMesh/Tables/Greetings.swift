internal import Node
import Wire

/// Those whom a node sends HELLOs by itself, each with a timer of its own: one that does not answer delays nobody else.
struct Greetings: Sendable {
    struct Contact: Equatable, Sendable {
        /// Zero while nobody knows it.
        var id: MeshID
        var endpoint: Endpoint
    }
    private struct Entry: Sendable {
        var contact: Contact
        var next: Instant
    }
    private var entries: [Entry] = []
    /// Never later than when the first one is due.
    private(set) var deadline: Instant?

    /// One more, whose first HELLO is due then; one that is there already stays as it is, but for where it is.
    mutating func add(_ contact: Contact, first: Instant) {
        if contact.id != MeshID(), let i = entries.firstIndex(where: { $0.contact.id == contact.id }) {
            entries[i].contact.endpoint = contact.endpoint
            return
        }
        entries.append(Entry(contact: contact, next: first))
        deadline = min(deadline ?? .never, first)
    }
    /// Who is at an endpoint that was told without an id has said who it is.
    mutating func identify(_ endpoint: Endpoint, as id: MeshID) {
        guard let i = entries.firstIndex(where: { $0.contact.endpoint == endpoint && $0.contact.id == MeshID() })
        else { return }
        if entries.contains(where: { $0.contact.id == id }) {
            entries.remove(at: i)
        } else {
            entries[i].contact.id = id
        }
    }
    mutating func remove(_ id: MeshID) { entries.removeAll { $0.contact.id == id } }
    /// Those that are due, or with `one` the first of them; each is due again after a time of its own.
    mutating func due(_ now: Instant, one: Bool = false, next: () -> Duration) -> [Contact] {
        guard let at = deadline, at <= now else { return [] }
        var out: [Contact] = []
        for i in entries.indices where entries[i].next <= now && !(one && !out.isEmpty) {
            out.append(entries[i].contact)
            entries[i].next = now + next()
        }
        deadline = entries.map(\.next).min()
        return out
    }
    var contacts: [Contact] { entries.map(\.contact) }
}
