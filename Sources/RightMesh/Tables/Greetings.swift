internal import Node
import Wire

/// The contacts that a node sends HELLOs to on its own. Each has its own timer, so that a silent contact delays no
/// other.
struct Greetings: Sendable {
    struct Contact: Equatable, Sendable {
        /// The id; zero while it is unknown.
        var id: MeshID
        var endpoint: Endpoint
    }
    private struct Entry: Sendable {
        var contact: Contact
        var next: Instant
        /// True if the contact was configured without an id, as any node at this endpoint.
        let isNameless: Bool
        /// True if the operator has configured the contact, with or without an id.
        let isConfigured: Bool
    }
    private var entries: [Entry] = []
    /// The time of the next call of `due`, at the latest when the first HELLO is due.
    private(set) var deadline: Instant?

    /// Adds a contact whose first HELLO is due at `first`. For a known contact, only the endpoint is updated.
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
    /// Records the id of the node at an endpoint that was configured without one. It remains one contact. If another
    /// configured contact has that id, the other contact is kept and this one removed.
    mutating func identify(_ endpoint: Endpoint, as id: MeshID) {
        guard let i = entries.firstIndex(where: { $0.isNameless && $0.contact.endpoint == endpoint }) else { return }
        if entries.contains(where: { $0.isConfigured && !$0.isNameless && $0.contact.id == id }) {
            entries.remove(at: i)
            return
        }
        // Another node may use the former endpoint by now.
        _ = forget(id)
        entries[i].contact.id = id
        entries.removeAll { !$0.isConfigured && $0.contact.id == id }
    }
    /// Marks the id of a contact that was configured without one as unknown again. Returns false if there is no
    /// matching contact.
    mutating func forget(_ id: MeshID) -> Bool {
        guard let i = entries.firstIndex(where: { $0.isNameless && $0.contact.id == id }) else { return false }
        entries[i].contact.id = MeshID()
        return true
    }
    mutating func remove(_ id: MeshID) {
        if !forget(id) { entries.removeAll { $0.contact.id == id } }
    }
    /// Returns the contacts that are due. Each is due again after `next()`.
    mutating func due(_ now: Instant, next: () -> Duration) -> [Contact] {
        guard let at = deadline, at <= now else { return [] }
        var out: [Contact] = []
        for i in entries.indices where entries[i].next <= now {
            out.append(entries[i].contact)
            entries[i].next = now + next()
        }
        deadline = entries.map(\.next).min()
        return out
    }
    var contacts: [Contact] { entries.map(\.contact) }
}
