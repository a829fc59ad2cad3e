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
        /// Told without an id: it is whoever is there, and its address stays.
        let isNameless: Bool
        /// By the operator, with an id or without.
        let isTold: Bool
    }
    private var entries: [Entry] = []
    /// Never later than when the first one is due.
    private(set) var deadline: Instant?

    /// One more, whose first HELLO is due then; one that is there already stays as it is, but for where it is.
    mutating func add(_ contact: Contact, first: Instant, isTold: Bool = false) {
        if contact.id != MeshID(), let i = entries.firstIndex(where: { $0.contact.id == contact.id }) {
            if !entries[i].isNameless { entries[i].contact.endpoint = contact.endpoint }
            return
        }
        let isNameless = contact.id == MeshID()
        entries.append(Entry(contact: contact, next: first, isNameless: isNameless, isTold: isTold || isNameless))
        deadline = min(deadline ?? .never, first)
    }
    /// Who is at an endpoint that was told without an id has said who it is. It is greeted once, as it was told; saying
    /// the id of another contact that was told takes nothing from that one.
    mutating func identify(_ endpoint: Endpoint, as id: MeshID) {
        guard let i = entries.firstIndex(where: { $0.isNameless && $0.contact.endpoint == endpoint }) else { return }
        if entries.contains(where: { $0.isTold && !$0.isNameless && $0.contact.id == id }) {
            entries.remove(at: i)
            return
        }
        // Elsewhere it may be another one by now.
        _ = forget(id)
        entries[i].contact.id = id
        entries.removeAll { !$0.isTold && $0.contact.id == id }
    }
    /// Who was told without an id has none again; false: there is no such one.
    mutating func forget(_ id: MeshID) -> Bool {
        guard let i = entries.firstIndex(where: { $0.isNameless && $0.contact.id == id }) else { return false }
        entries[i].contact.id = MeshID()
        return true
    }
    mutating func remove(_ id: MeshID) {
        if !forget(id) { entries.removeAll { $0.contact.id == id } }
    }
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
