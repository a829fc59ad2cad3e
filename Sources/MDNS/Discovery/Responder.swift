import Libp2p
import Node
import Wire

/// The maker of answers: the records of one peer, in messages that fit into a datagram. It writes all names in full, as
/// rust-libp2p does.
struct Responder: Sendable {
    /// A question that the node can answer.
    enum Topic: Hashable, Sendable, CaseIterable {
        case service, meta, instance, host
    }
    let names: ServiceNames
    let instance: DomainName
    let host: DomainName
    /// The strings of the TXT records.
    let strings: [String]
    /// The addresses of the host. They fit into a message together with all other records and one string.
    let addresses: [Endpoint]

    /// The port in SRV records, which means nothing.
    static var servicePort: UInt16 { 4001 }

    /// Creates a responder. It leaves out addresses that are not local, and those that do not fit into a string.
    init(_ names: ServiceNames, name: String, peer: PeerID, addresses: [Multiaddr]) {
        self.names = names
        (instance, host) = (names.instance(name), names.host(name))
        let local = addresses.filter(\.isLocal)
        strings = local.map { "\(PeerAnnouncement.key)\($0)/p2p/\(peer)" }.filter { $0.utf8.count <= Limits.string }
        var hosts: [Endpoint] = []
        for address in local {
            guard let host = address.endpoint.map({ Endpoint(high: $0.high, low: $0.low, port: 0) }),
                !hosts.contains(host)
            else { continue }
            hosts.append(host)
        }
        self.addresses = Array(hosts.prefix(Limits.hostAddresses))
    }
    /// Returns the topic of a question; nil if it is about something else.
    func topic(_ question: Question) -> Topic? {
        guard question.recordClass == .internet || question.recordClass == .any else { return nil }
        func asks(_ types: RecordType...) -> Bool { question.type == .any || types.contains(question.type) }
        if question.name.isSame(as: names.service) { return asks(.ptr) ? .service : nil }
        if question.name.isSame(as: ServiceNames.meta) { return asks(.ptr) ? .meta : nil }
        if question.name.isSame(as: instance) { return asks(.txt, .srv) ? .instance : nil }
        if question.name.isSame(as: host) { return asks(.a, .aaaa) ? .host : nil }
        return nil
    }
    /// Returns the answers to a question, with this lifetime.
    func answers(_ question: Question, _ topic: Topic, ttl: UInt32 = Limits.ttl) -> [DNSMessage] {
        func wants(_ type: RecordType) -> Bool { question.type == .any || question.type == type }
        switch topic {
        case .meta: return [DNSMessage(answers: [ResourceRecord(ServiceNames.meta, ptr: names.service, ttl: ttl)])]
        case .service: return announcements(ttl: ttl)
        case .host:
            return [DNSMessage(answers: hostRecords(ttl).filter { wants($0.type) })]
        case .instance:
            var answers: [ResourceRecord] = wants(.srv) ? [service(ttl)] : []
            var rest = wants(.txt) ? strings[...] : []
            var messages: [DNSMessage] = []
            if rest.isEmpty { messages.append(DNSMessage(answers: answers, additional: hostRecords(ttl))) }
            while !rest.isEmpty {
                messages.append(filled(answers, [], inAnswers: true, with: &rest, ttl: ttl))
                answers = []
            }
            return messages
        }
    }
    /// Returns responses with all addresses.
    func announcements(ttl: UInt32) -> [DNSMessage] {
        let pointer = ResourceRecord(names.service, ptr: instance, ttl: ttl)
        var messages: [DNSMessage] = []
        var rest = strings[...]
        var others = [service(ttl)] + hostRecords(ttl)
        repeat {
            messages.append(filled([pointer], others, inAnswers: false, with: &rest, ttl: ttl))
            others = []
        } while !rest.isEmpty
        return messages
    }
    private func service(_ ttl: UInt32) -> ResourceRecord {
        ResourceRecord(instance, srv: ServiceData(host, port: Self.servicePort), ttl: ttl)
    }
    private func hostRecords(_ ttl: UInt32) -> [ResourceRecord] {
        addresses.map { address in
            if address.v4 != nil {
                var record = ResourceRecord(host, .a, ttl: ttl)
                record.a = Fixed(address.address.suffix(4))
                return record
            }
            var record = ResourceRecord(host, .aaaa, ttl: ttl)
            record.aaaa = Fixed(address.address)
            return record
        }
    }
    /// Returns a message with as many strings as fit. One string always fits.
    private func filled(
        _ answers: [ResourceRecord], _ others: [ResourceRecord], inAnswers: Bool,
        with rest: inout ArraySlice<String>, ttl: UInt32
    ) -> DNSMessage {
        var taken: [String] = []
        func message() -> DNSMessage {
            let texts = taken.isEmpty ? [] : [ResourceRecord(instance, txt: taken, ttl: ttl)]
            return inAnswers
                ? DNSMessage(answers: answers + texts, additional: others)
                : DNSMessage(answers: answers, additional: texts + others)
        }
        // A string takes its bytes and its length. The first one also takes a record.
        var size = message().byteCount() + ResourceRecord(instance, txt: [], ttl: ttl).byteCount()
        while let next = rest.first, taken.isEmpty || size + next.utf8.count + 1 <= Limits.message {
            taken.append(next)
            size += next.utf8.count + 1
            rest.removeFirst()
        }
        return message()
    }
}
