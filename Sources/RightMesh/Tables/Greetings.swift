internal import Node
import Wire

/// The contacts that a node sends HELLOs to by itself, each with its own timer: one that does not answer delays no other.
struct Greetings: Sendable {
    struct Contact: Equatable, Sendable {
        /// Zero while it is unknown.
        var id: MeshID
        var endpoint: Endpoint
    }
    private struct Entry: Sendable {
        var contact: Contact
        var next: Instant
        /// Configured without an id: the node at this endpoint, whichever it is.
        let isNameless: Bool
        /// By the operator, with an id or without.
        let isConfigured: Bool
    }
    private var entries: [Entry] = []
    /// When `due` is called next: never after the first HELLO is due.
    private(set) var deadline: Instant?

    /// Adds a contact whose first HELLO is due at `first`; of a known one only the endpoint changes.
    mutating func add(_ contact: Contact, first: Instant, isConfigured: Bool = false) {
        if contact.id != MeshID(), let i = entries.firstIndex(where: { $0.contact.id == contact.id }) {
            if !entries[i].isNameless { entries[i].contact.endpoint = contact.endpoint }
            return
        }
        let isNameless = contact.id == MeshID()
        entries.append(
            Entry(contact: contact, next: first, isNameless: isNameless, isConfigured: isConfigured || isNameless))
        deadline = min(deadline ?? .never, first)
    }
    /// The node at an endpoint that was configured without an id has told its id. It stays one contact; claiming the id of
    /// another configured contact does not replace that one.
    mutating func identify(_ endpoint: Endpoint, as id: MeshID) {
        guard let i = entries.firstIndex(where: { $0.isNameless && $0.contact.endpoint == endpoint }) else { return }
        if entries.contains(where: { $0.isConfigured && !$0.isNameless && $0.contact.id == id }) {
            entries.remove(at: i)
            return
        }
        // At its former endpoint there may be another node by now.
        _ = forget(id)
        entries[i].contact.id = id
        entries.removeAll { !$0.isConfigured && $0.contact.id == id }
    }
    /// The id of a contact that was configured without one is unknown again; false: there is no such contact.
    mutating func forget(_ id: MeshID) -> Bool {
        guard let i = entries.firstIndex(where: { $0.isNameless && $0.contact.id == id }) else { return false }
        entries[i].contact.id = MeshID()
        return true
    }
    mutating func remove(_ id: MeshID) {
        if !forget(id) { entries.removeAll { $0.contact.id == id } }
    }
    /// The contacts that are due, or with `one` the first of them; each is due again after `next()`.
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
