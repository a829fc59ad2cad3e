internal import Crypto
public import Node
internal import Wire

extension Definition {
    /// RMPX v1, the peer exchange of RightMesh superpeers. It runs over UDP; each datagram holds a message or a
    /// fragment of one.
    public static let rightmesh = Definition(
        name: "rightmesh", title: "RightMesh superpeer peer exchange (RMPX v1)", transport: .udp,
        requirementPrefix: "RM", messages: catalogue + [Fragment.self],
        configuration: .init(
            ports: [Port(Limits.port)],
            profiles: Profile.allCases.map { Named($0.rawValue, $0.summary) },
            parameters: [
                Parameter(
                    "advertise", "what superpeers send each other: all known records, or those of attached nodes",
                    choices: ["transit", "full-mesh"], preset: "transit"),
                Parameter(
                    "max_datagram", "the longest datagram that a node sends", choices: ["8000", "1400", "256"],
                    preset: "8000"),
                Parameter(
                    "hello_ack", "whether phones answer a HELLO to all phones one hop away, or to the one that asked",
                    choices: ["broadcast", "unicast"], preset: "broadcast"),
                Parameter(
                    "metrics", "whether superpeers list superpeers with their metrics", choices: ["no", "yes"],
                    preset: "no"
                ),
                Parameter(
                    "signed_list", "whether lists of superpeers are signed and signatures checked", choices: ["no"],
                    preset: "no", refused: ["yes": notBuiltIn]),
                Parameter(
                    "guard",
                    "whether an address that has not shown that it hears the node gets one short answer at most",
                    choices: ["off", "on"], preset: "off"),
            ],
            capabilities: [
                Named("choice", "as a phone, reports when there are several superpeers to choose from"),
                Named("subscriptions", "pushes changes of targets that a FIND subscribes to"),
                Named("metrics", "as a superpeer, lists superpeers with their metrics"),
                Named("signed_list", "signs its list of superpeers, and checks the signatures of others"),
                Named("find_port", "distinguishes ports of an application in a FIND"),
                Named("remember", "as a phone, remembers and forgets peers"),
                Named("guard", "sends an address that has not shown that it hears the node one short answer at most"),
                Named("full_mesh", "as a superpeer, advertises only what is attached to itself"),
            ],
            lacks: { settings in
                var out: Set<String> = ["signed_list"]
                if settings["metrics"] != "yes" { out.insert("metrics") }
                if settings["advertise"] != "full-mesh" { out.insert("full_mesh") }
                if settings["guard"] != "on" { out.insert("guard") }
                return out
            }),
        reading: .init(
            framing: { _ in DatagramFraming() },
            probe: { bytes in
                guard bytes.byteCount >= 4 else { return .no }
                return (try? Header.checkBeginning(bytes)) == nil ? .no : .certain
            },
            datagrams: DatagramRules(
                parts: [Fragment.self], limits: Limits.datagram, layer: { _ in DatagramLayer() },
                message: { Header.message(of: $0) }
            ) {
                _, bytes, limit, settings throws(ProtocolFunction.Refusal) in
                let most = limit ?? Int(settings["max_datagram"]) ?? Limits.datagram.upperBound
                do {
                    return try Fragmenter.split(bytes.span.bytes, maxDatagram: most)
                } catch { throw .init("it cannot be split: \(error)") }
            }),
        judging: .init(
            observed: RightMeshRule.allCases.map { ObservedRequirement($0) },
            observer: { _, _ in MessageObserver() },
            datagramObserver: { scrutiny, memory, _ in CaptureObserver(scrutiny, memory: memory) }),
        playing: .init(
            // A message without a source would be dropped.
            defaults: { _ in ["src": meshID(of: "meshspec").value(in: RawSpan())] },
            constants: { settings in
                [
                    .init("profile", .text(settings.profile)),
                    .init(
                        "max_datagram", .uint(UInt64(settings["max_datagram"]) ?? UInt64(Limits.datagram.upperBound))),
                ]
            },
            durations: { _ in Limits.durations },
            drawn: { random in
                // The numbers leave room above for the additions of a case: msg_id wraps around, and 0 is not used.
                [
                    .init("boot", .uint(0x0101 + random.next() % 0xee00)),
                    .init("msg_id", .uint(0x0101_0101 + random.next() % 0xee00_0000)),
                ]
            },
            functions: rightMeshFunctions),
        naming: .init(identities: catalogue.map { "\($0.name).src" }),
        exchanges: ["rightmesh.hello", "rightmesh.info", "rightmesh.find"].map { name in
            MessageExchange(.init(name, key: ["src", "msg_id"]), .init(name + "_ack", key: ["dst", "ack_id"]))
        },
        reference: .init(
            bugs: Misbehaviour.bugs,
            kinds: Kind.allCases.map { Named($0.rawValue, $0.summary) },
            controls: Control.allCases.map(\.rule),
            inquiry: .rightmesh,
            introduction: { settings, kind, random in
                let isSuperpeer = kind.flatMap(Kind.init)?.role.isSuperpeer ?? true
                return settings["guard"] == "on" && isSuperpeer ? AddressProof(&random) : nil
            },
            node: { MeshNode($0) }),
        meshes: .init(mesh: rightmeshModel), recording: .rightmesh)
    /// The reason why lists are not signed.
    private static let notBuiltIn =
        "not built in: signatures of Ethereum accounts need Keccak-256 and the recovery of secp256k1 keys, and no library "
        + "that this program links has them"
}

/// Returns the id that tests and examples make from the name of a node: the first 20 bytes of SHA-256.
func meshID(of name: String) -> MeshID { MeshID(SHA256.hash(Array(name.utf8)).prefix(20)) ?? MeshID() }
