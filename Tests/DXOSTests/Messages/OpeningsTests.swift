import Testing
import Wire

@testable import DXOS

/// The table names each type and method that opens a payload, for other readers such as dissectors.
struct OpeningsTests {
    @Test func everyMethod() {
        let methods = dxosOpenings["dxos.request_content.method"]
        #expect(methods?.count == Method.allCases.count)
        #expect(methods?["dxos.mesh.signal.Signal.SendMessage"] == "message")
    }
    @Test func everyType() {
        let types = dxosOpenings["dxos.payload.type_url"]
        for type in TypeName.allCases {
            #expect((types?[type.name.description] == nil) == (type == .empty), "\(type)")
        }
        #expect(types?["dxos.mesh.signal.HostEvent"] == "host_event")
    }
    @Test func everyTypeOfApplications() {
        let kinds = ApplicationKind.allCases.filter { $0 != .unknown }
        #expect(dxosOpenings["dxos.application_payload.type_url"]?.count == kinds.count)
        // A nested reliable payload stays bytes.
        #expect(
            dxosOpenings["dxos.reliable_content.type_url"]
                == [ApplicationKind.swarmMessageType.description: "swarm_message"])
    }
}
