import Node
import Wire

extension RecordingRules {
    /// The values that differ from run to run are the time at which a peer joined, and the keys and ids that a node
    /// draws. Answers and streams of several calls are not ordered, because dxRPC distinguishes them only by their ids.
    /// Events about several peers are not ordered either.
    static let dxos: RecordingRules = {
        let request = "dxos.request.request.payload."
        let payload = "dxos.response.response.payload."
        let events = [
            "swarm_event.peer_available", "host_event.peer_available", "host_event_v3.announce_back.peer_available",
        ]
        var rules = RecordingRules(changing: events.flatMap { [payload + $0 + ".since", payload + $0 + ".until"] })
        rules.recurrent = ["dxos.keepalive"]
        rules.order = { name, fields in
            guard name == "dxos.response", let response = fields["response"] else { return MessageOrder(.text(name)) }
            return MessageOrder(.uint(response["id"]?.integer ?? 0), part: response["payload"].flatMap(subject))
        }
        rules.drawn =
            [
                FreshField(request + "reception_request.peer", name: "peer"),
                FreshField(request + "join_request.peer", name: "peer"),
                FreshField(request + "bus_subscription.subscriber", name: "host"),
                FreshField(request + "bus_subscription.host", name: "host"),
                FreshField(payload + "swarm_event.peer_available.announce_back_to_host", name: "host"),
            ]
            + [request, payload, payload + "peer_event."].flatMap { drawn(in: $0 + "message.") }
        return rules
    }()
    /// Returns the peer that an event is about, or the author of a message.
    private static func subject(_ payload: Value) -> Value? {
        let event = payload["swarm_event"] ?? payload["host_event"] ?? payload["host_event_v3"]?["announce_back"]
        return event?["peer_available"]?["peer"] ?? event?["peer_left"]?["peer"]
            ?? (payload["peer_event"] ?? payload)["message"]?["author"]
    }
    /// Returns the fields that an author draws for a message.
    private static func drawn(in message: String) -> [FreshField] {
        let swarm = ["payload.swarm_message.", "payload.reliable.payload.swarm_message."]
        let ids = swarm + ["payload.reliable."]
        return [FreshField(message + "author", name: "peer")]
            + ids.map { FreshField(message + $0 + "message_id.data", name: "message_id") }
            + swarm.map { FreshField(message + $0 + "session_id.data", name: "session_id") }
    }
}
