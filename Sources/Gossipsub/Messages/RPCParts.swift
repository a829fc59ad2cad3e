import Libp2p
import Node
import Wire

extension InnerMessages {
    /// What an RPC carries. Each subscription, message and control message has the bytes that it has in the RPC.
    static let gossipsub = Self(
        of: RPC.self,
        [
            Kind(Subscription.self, at: "rpc.subscriptions"), Kind(PublishedMessage.self, at: "rpc.publish"),
            Kind(IHave.self, at: "rpc.control.ihave"), Kind(IWant.self, at: "rpc.control.iwant"),
            Kind(Graft.self, at: "rpc.control.graft"), Kind(Prune.self, at: "rpc.control.prune"),
            Kind(IDontWant.self, at: "rpc.control.idontwant"),
        ]
    ) { bytes in
        guard let prefix = bytes.firstIndex(where: { $0 < 0x80 }), (try? RPC(copying: bytes)) != nil else { return [] }
        var out: [(type: any Message.Type, bytes: [UInt8])] = []
        for (number, content) in ProtobufScan.contents(Array(bytes[(prefix + 1)...])) {
            switch number {
            case 1: out.append((Subscription.self, content))
            case 2: out.append((PublishedMessage.self, content))
            case 3:
                for (number, content) in ProtobufScan.contents(content) {
                    if let type = control[number] { out.append((type, content)) }
                }
            default: break
            }
        }
        return out
    }
    private static let control: [UInt64: any Message.Type] = [
        1: IHave.self, 2: IWant.self, 3: Graft.self, 4: Prune.self, 5: IDontWant.self,
    ]
}

extension ProtobufScan {
    /// Returns the number and content of each field that has a length.
    fileprivate static func contents(_ message: [UInt8]) -> [(number: UInt64, content: [UInt8])] {
        (fields(message) ?? []).compactMap { f in f.content.map { (f.number, Array($0)) } }
    }
}
