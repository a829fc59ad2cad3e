import Nano
import Node
import Wire

@testable import Scenario

/// The files of the examples in WorkedExamplesTests.
enum WorkedExamples {
    static let nano = #"""
        meshspec: 1
        id: nano.handshake.server
        title: Node answers a handshake query and proves its node id
        protocol: nano
        covers: [NANO-17, NANO-19, NANO-22]
        needs: server && v1
        tags: [handshake, smoke]
        params:
          reply_in: {type: duration, default: 5s, doc: longest time the node may take to answer}
        actors:
          peer: {role: ref, key: $(key('peer'))}
          node: {role: dut}
        defaults:
          - ignore: {msg: nano.keepalive}
          - ignore: {msg: nano.telemetry_req}
        steps:
          - open: {from: peer, to: node, as: c}
          - let: {cookie: $(random(32))}
          - send:
              via: c
              msg: nano.node_id_handshake
              fields: {version: 1, query: $(cookie)}
          - alt:
              - expect:
                  via: c
                  msg: nano.node_id_handshake
                  within: $(reply_in)
                  fields:
                    response:
                      node_id: {$save: nid}
                      signature: {$verifies: {alg: ed25519-blake2b, key: $(nid), over: $(cookie)}}
                    query: {$opt: {$save: theirs}}
                req: NANO-19
              - expect: {via: c, event: closed}
                verdict: fail
                req: NANO-17
                because: closed instead of answering a well-formed query
          - assert: $(nid != peer.public)
            req: NANO-22
          - if: $(theirs != null)
            send:
              via: c
              msg: nano.node_id_handshake
              fields: {version: 1, response: {node_id: $(peer.public), signature: "$(sign(peer, theirs))"}}
          - never: {via: c, event: closed, for: 2s}
            label: channel stays up once both sides are proven

        """#
    static let gossipsub = #"""
        meshspec: 1
        id: gossipsub.prune.backoff
        title: No re-GRAFT inside the backoff, and an early GRAFT is answered by PRUNE
        protocol: gossipsub
        covers: [GS11-BACKOFF-01, GS11-BACKOFF-02, GS11-BACKOFF-03]
        needs: gossipsub.v1_1 && control.subscribe
        budget: 40s
        params:
          topic: {type: string, default: meshspec/t1}
          backoff: {type: duration, default: 10s, min: 2s}
          heartbeat: {type: duration, default: 1s}
        actors:
          a: {role: ref}
          node: {role: dut}
        defaults:
          - ignore: {msg: gossipsub.rpc, fields: {control: {$only: [ihave, iwant, idontwant]}}}
          - reply: {msg: libp2p.ping}
        steps:
          - open: {from: a, to: node, proto: /meshsub/1.1.0, as: s}
          - send: {via: s, msg: gossipsub.rpc, fields: {subscriptions: [{subscribe: true, topic: $(topic)}]}}
          - dut: {do: subscribe, topic: $(topic)}
          - expect: {via: s, msg: gossipsub.graft, within: 5s, fields: {topic: $(topic)}}
            label: node takes us into its mesh
            else: inconc
          - send: {via: s, msg: gossipsub.prune, fields: {topic: $(topic), backoff: $(seconds(backoff))}}
            mark: pruned
          - never: {via: s, msg: gossipsub.graft, fields: {topic: $(topic)}, since: pruned, for: $(backoff)}
            req: GS11-BACKOFF-01
          - expect: {via: s, msg: gossipsub.graft, since: pruned, window: $(backoff) .. $(backoff + 5*heartbeat)}
            req: GS11-BACKOFF-03
            else: inconc
          - dut: {do: unsubscribe, topic: $(topic)}
          - expect: {via: s, msg: gossipsub.prune, within: 2s, fields: {backoff: {$ge: 1, $save: theirs}}}
            mark: node_pruned
          - dut: {do: subscribe, topic: $(topic)}
          - assert: $(elapsed(node_pruned) < theirs)
            else: inconc
            because: too slow to graft inside the node's own backoff
          - send: {via: s, msg: gossipsub.graft, fields: {topic: $(topic)}}
          - expect: {via: s, msg: gossipsub.prune, within: 2s, fields: {topic: $(topic), backoff: {$ge: 1}}}
            req: GS11-BACKOFF-02

        """#
    static let rightmesh = #"""
        meshspec: 1
        id: rightmesh.hello.split-lost-fragment
        title: A HELLO with a lost fragment is never half applied, and is applied once resent
        protocol: rightmesh
        covers: [RM-SPLIT-01, RM-SPLIT-02, RM-SPLIT-04, RM-FIND-02]
        needs: rightmesh.split
        vectors:
          - {name: drop-first, lost: 1}
          - {name: drop-middle, lost: 2}
          - {name: drop-last, lost: -1}
        params:
          mtu: {type: int, default: 8000, max: 8000, doc: control packet limit in bytes}
          give_up: {type: duration, default: 10s}
        actors:
          sp1: {role: ref, kind: superpeer}
          sp2: {role: dut, kind: superpeer}
        steps:
          - open: {from: sp1, to: sp2, as: c}
          - let:
              peers: $(mesh_ids(600, 'split'))
              frags: $(split(rightmesh.hello(peers), mtu))
              gone: $(frags.at(lost).peers.first)
          - assert: $(count(frags) >= 3 && all(frags, f => size(f) <= mtu))
            else: error
            because: scenario bug, the HELLO did not split
          - fault: {link: sp1 -> sp2, drop: {frame: $(lost)}, as: hole}
          - send: {via: c, raw: $(frags)}
          - heal: hole
          - par:
              quiet:
                - never: {via: c, msg: rightmesh.hello_ack, for: $(give_up)}
                  req: RM-SPLIT-02
              probe:
                - send: {via: c, msg: rightmesh.find, fields: {target: $(gone)}}
                - expect: {via: c, msg: rightmesh.find_reply, within: 3s, fields: {found: false}}
                  req: RM-SPLIT-01
            join: all
          - send: {via: c, raw: $(frags.at(lost))}
            label: resend only the lost fragment
          - alt:
              - expect: {via: c, msg: rightmesh.hello_ack, within: 3s}
                req: RM-SPLIT-04
              - timeout: 3s
                do:
                  - send: {via: c, raw: $(frags)}
                  - expect: {via: c, msg: rightmesh.hello_ack, within: 3s}
                verdict: warn
                because: needed the whole HELLO again
          - send: {via: c, msg: rightmesh.find, fields: {target: $(gone)}}
          - expect: {via: c, msg: rightmesh.find_reply, within: 3s, fields: {found: true}}
            req: RM-FIND-02

        """#
    static let peerpigeon = #"""
        meshspec: 1
        id: peerpigeon.relay.two-hubs
        title: An offer crosses two hubs once, unchanged, and only to its target
        protocol: peerpigeon
        covers: [PP-RELAY-01, PP-RELAY-02, PP-RELAY-03]
        needs: peerpigeon.hub && peerpigeon.hub.mesh
        actors:
          h1: {role: dut, kind: hub}
          h2: {role: dut, kind: hub, needs: second-node}
          alice: {role: ref, kind: client, id: $(hex(random(20)))}
          bob: {role: ref, kind: client, id: $(hex(random(20)))}
          eve: {role: ref, kind: client, id: $(hex(random(20)))}
        defaults:
          - ignore: {msg: peerpigeon.ping}
          - ignore: {msg: peerpigeon.peer-discovered}
        steps:
          - use: fragments/hubs-linked.yaml
            with: {left: h1, right: h2, within: 15s}
          - par:
              alice:
                - open: {from: alice, to: h1, as: ca}
                - send: {via: ca, msg: peerpigeon.announce, fields: {networkName: global}}
              bob:
                - open: {from: bob, to: h2, as: cb}
                - send: {via: cb, msg: peerpigeon.announce, fields: {networkName: global}}
              eve:
                - open: {from: eve, to: h2, as: ce}
                - send: {via: ce, msg: peerpigeon.announce, fields: {networkName: other}}
            join: all
          - poll: {every: 250ms, within: 10s, until: "$(seen(cb, 'peerpigeon.peer-discovered', p => p.data.peerId == alice.id))"}
            else: inconc
            because: hubs never shared alice, so relaying cannot be judged
          - let: {sdp: {type: offer, sdp: $('v=0 meshspec ' + hex(random(8)))}}
          - send:
              via: ca
              msg: peerpigeon.offer
              fields: {targetPeerId: $(bob.id), networkName: global, data: $(sdp)}
            mark: offered
          - par:
              target:
                - expect:
                    via: cb
                    msg: peerpigeon.offer
                    within: 5s
                    fields: {fromPeerId: $(alice.id), data: {$eq: $(sdp)}}
                  req: PP-RELAY-01
                - never: {via: cb, msg: peerpigeon.offer, for: 3s}
                  req: PP-RELAY-02
                  label: relayed exactly once
              bystander:
                - never: {via: ce, msg: peerpigeon.offer, since: offered, for: 8s}
                  req: PP-RELAY-03
            join: all
          - fault: {link: h1 -> h2, partition: both, as: cut}
          - send: {via: ca, msg: peerpigeon.offer, fields: {targetPeerId: $(bob.id), networkName: global, data: $(sdp)}}
          - never: {via: ca, event: closed, for: 3s}
            label: losing the other hub does not drop local clients
            req: {id: PP-RELAY-04, level: SHOULD}
        cleanup:
          - heal: cut

        """#
}

extension WorkedExamples {
    static let library = Library(
        definitions: [
            made(
                "gossipsub", [GossipRPC.self, GossipGraft.self, GossipPrune.self, LibPing.self],
                capabilities: ["gossipsub.v1_1"]),
            made(
                "rightmesh", [MeshHello.self, MeshHelloAck.self, MeshFind.self, MeshFindReply.self],
                capabilities: ["rightmesh.split"], functions: [("mesh_ids", 2), ("split", 2), ("rightmesh.hello", 1)]),
            made(
                "peerpigeon", [HubAnnounce.self, HubPing.self, HubDiscovered.self, HubOffer.self],
                capabilities: ["peerpigeon.hub", "peerpigeon.hub.mesh", "second-node"]),
        ],
        requirements: [
            "gossipsub": rules(["GS11-BACKOFF-01", "GS11-BACKOFF-02", "GS11-BACKOFF-03"]),
            "rightmesh": rules(["RM-SPLIT-01", "RM-SPLIT-02", "RM-SPLIT-04", "RM-FIND-02"]),
            "peerpigeon": rules(["PP-RELAY-01", "PP-RELAY-02", "PP-RELAY-03", "PP-RELAY-04"]),
        ]
    ) { name, _ in
        name == "fragments/hubs-linked.yaml" ? SourceFile(name: name, bytes: Array(linked.utf8)) : nil
    }
    /// The fragment that the last example uses.
    static let linked = """
        meshspec-fragment: 1
        actors: {left: {role: dut}, right: {role: dut}}
        params:
          within: {type: duration, default: 5s}
        steps:
          - wait: $(within)

        """
    static func rules(_ ids: [String]) -> RequirementList {
        let rows = ids.map { "\($0): {level: MUST, kind: both, text: T, source: {doc: D, section: S}}\n" }
        return RequirementList.load(source(rows.joined())).list
    }
    static func made(
        _ name: String, _ messages: [any Message.Type], capabilities: [String], functions: [(String, Int)] = []
    ) -> Definition {
        Definition(
            name: name, title: name, transport: .tcp, requirementPrefix: "X", messages: messages,
            configuration: .init(
                ports: [],
                profiles: [Named("one", "")], parameters: [], capabilities: capabilities.map { Named($0, "") }),
            reading: .init(framing: { _ in ToyFraming() }),
            judging: .init(observer: { _, _ in NoObserver() }),
            playing: .init(
                algorithms: Definition.nano.playing.algorithms, defaults: { _ in .map([]) }, constants: { _ in [] },
                functions: functions.map { name, count in
                    ProtocolFunction(name, arguments: count...count, usage: name) { _ in .list([]) }
                }),
            reference: .init(
                bugs: [],
                node: { _ in ToyNode(rules: [], peers: [], dialsAfter: .zero) }))
    }
}
